"""The API described for its callers.

- `openapi`: `/openapi.json`, derived from the champions
- `schemas`: JSON Schemas of requests and answers, derived from a contract
- `swagger_ui`: `/docs`: the document in Swagger UI
"""
