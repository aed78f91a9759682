"""The databases: names, tables, locks.

- `names`: databases, schemas, roles and tables by name
- `connection`: how to connect
- `tables`: the tables of processed data
- `packs`: the values of a table that is too wide for a column each
- `sides`: the tables of the sides of rows
- `rows_as_of`: the rows of a batch, each with its side
- `ledger`: the tables of the ledger, and their SQL
- `ledger_triggers`: the triggers that keep the ledger append-only and in order
- `locks`: locks between programs
- `slots`: how many programs of an installation work at once
- `readiness`: waits until a database can be used
"""
