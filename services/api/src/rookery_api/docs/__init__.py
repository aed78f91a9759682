"""The API described for its callers.

- `openapi`: `/openapi.json`, derived from the champions
- `operations`: one method of one path, as the document says it
- `refusals`: the problems that it may answer
- `component_names`: what the names of a model's schemas begin with
- `schemas`: JSON Schemas of rows and of `/predict`, derived from a contract
- `scoring_schemas`: those of `/invocations`
- `inference_schemas`: those of `/v2`
- `swagger_ui`: `/docs`: the document in Swagger UI
"""
