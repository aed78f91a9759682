"""Who is champion: the ledger decides, and MLflow's aliases and tags follow it.

- `promotion`: decides a sweep once, as a transaction over ledger and registry
- `rollback`: makes an earlier champion the champion again
- `reconciliation`: completes what somebody left unfinished; sets aliases and tags right
- `entries`: the ledger as values, and what follows from them
- `ledger_rows`: the ledger in the database
- `sync_tags`: what the tags of versions and runs say
- `champion_check`: whether a champion makes a sweep unnecessary
"""
