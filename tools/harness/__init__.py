"""What tests and measurements run the product with: real processes, models and load.

- `api_process`: the API as a process
- `scoring_server`: `mlflow models serve` as a process
- `polling`: waiting for a server or a condition
- `own_stack`: PostgreSQL, object store and MLflow that one test has to itself
- `bundles`: real bundles, and models in the registry to promote them of
- `linear_bundle`: bundles of linear models that nobody trained
- `house`: the spec of a model that answers a number
- `specs`: specs that ship, and files of one's own
- `load`: HTTP load with so many requests under way
- `relay`: stands before a server, and can refuse or swallow what it is sent
- `counting_proxy`: stands before a server, and counts requests
- `http_server`: runs a server in a thread
- `costly`: requests that make much work, and how long they hold the API's event loop
"""
