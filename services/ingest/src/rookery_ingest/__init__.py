"""Brings a model's source into the databases, and makes these databases.

Rooms, from top to bottom; each imports only those below it:

- `ingest`: the whole story of one ingest, from top to bottom; begin here
- `bootstrap/`: databases, roles and grants
- `load/`: raw data, quarantine, and the merge into processed data
- `profile/`: what a file's columns are, and the spec that `rookery init` writes
- `rows/`: records become typed, checked, hashed rows
- `parsing/`: bytes become text, records, fields and a header
- `source/`: a spec's address becomes blocks of bytes
"""
