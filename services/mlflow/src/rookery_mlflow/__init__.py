"""What the MLflow image adds to MLflow.

- `prepare`: what has to be true before a server starts: database, bucket, users
- `database`, `users`: each of these
- `settings`: what `prepare` reads from the environment
- `ready`: the readiness probe
- `artifacts`: artifacts in S3 that clients reach through the server alone
"""
