"""What all programs share, without a framework.

Rooms, and the modules beside them:

- `spec/`: the model spec, and the catalog of all of them
- `database/`: names, tables, the ledger, locks, and how to connect
- `contract`, `manifest`: what a request looks like; what a bundle says of its model
- `labels`: how probabilities become a label
- `registry_names`: names in MLflow's registry: aliases, tags, addresses
- `settings`, `secret`: the backing services; what counts as a secret
- `object_store`: the client of an S3 server
- `errors`, `job`, `logs`: failures, exit codes, events
- `waiting`, `connection_failure`, `lasting_failure`: polls and retries; which errors may pass, and
  which of a database's cannot
- `frozen`: the base of every value that crosses a boundary
- `check_specs`, `json_schema`: programs that check specs, and write their schema
"""
