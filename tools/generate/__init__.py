"""Writes generated files; `make generate` runs all of it, and a test fails while one is stale.

- `values_tables`: the tables of values in the chart's README
- `job_manifests`: `k8s/jobs`, from the chart's CronJobs
- `spec_outline`: what the chart knows of a model spec
- `decisions_index`: the index of `docs/decisions`
"""
