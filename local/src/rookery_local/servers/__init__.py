"""The servers of the embedded stack, each as a supervised process.

- `postgres`: PostgreSQL
- `os_account`: the operating system account that PostgreSQL runs as
- `object_store`: S3, by SeaweedFS
- `tracking_server`: MLflow
- `api`: the API
"""
