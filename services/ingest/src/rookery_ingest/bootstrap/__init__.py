"""The databases, roles, grants, buckets and keys that every other part relies on.

- `bootstrap`: makes what is missing
- `grants`: who owns what, and who may do what
- `settings`: what it reads from the environment
- `store`: makes the buckets of the object store, and its users
- `store_rights`: who may do what there
"""
