"""The servers of the embedded stack, each as a supervised process.

- `postgres`: PostgreSQL
- `deleted_rows`: what PostgreSQL keeps of deleted rows beside their tables, removed
- `os_account`: the operating system account that PostgreSQL runs as
- `object_store`: S3, by SeaweedFS
- `store_identities`: who has a key to it, and what the key opens
- `tracking_server`: MLflow
- `api`: the API
"""
