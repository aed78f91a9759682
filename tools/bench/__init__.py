"""Programs that measure; `docs/measurements.md` and the decisions hold their figures.

- `serving`: the API beside `mlflow models serve` and a FastAPI "hello world"
- `costly`: how long each costly request holds the API's event loop
- `ingest`: ingest beside pandas' `to_sql`
- `scale`: seconds and MiB over the number of rows, beside bare libraries
- `scale_libraries`: those libraries, in the environment of the tables
- `sweep`: a sweep beside the loop of a notebook
- `load_round`, `hello_world`, `tracking_server`: the processes that `serving` needs

Each is started from the checkout: `.venv/bin/python -m tools.bench.serving --help`.
"""
