"""What tests and measurements run the product with: real processes, models and load.

- `api_process`: the API as a process; `scoring_server`: `mlflow models serve`
- `own_stack`: PostgreSQL, object store and MLflow that one test has to itself
- `bundles`: real bundles, and a model in the registry to promote them of; `specs`: its spec
- `load`: closed HTTP load
- `relay`, `counting_proxy`, `http_server`: servers on loopback that stand in between or are asked
- `costly`: requests that make much work, and the API with a watch on its event loop
"""
