"""Jobs: ingest and the trainer's commands.

- `embedded_jobs`: runs them as processes of the embedded stack
- `job_progress`: shows a Job's events, of the embedded stack or of a cluster, as progress
"""
