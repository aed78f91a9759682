"""The databases, roles, schemas and grants that every other part relies on.

- `bootstrap`: makes what is missing
- `grants`: who owns what, and who may do what
"""
