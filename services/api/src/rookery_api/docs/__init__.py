"""The API described for its callers.

- `openapi`: `/openapi.json`, derived from the champions
- `operations`: one method of one path, as the document says it
- `refusals`: the problems that it may answer
- `schemas`: JSON Schemas of requests and answers, derived from a contract
- `swagger_ui`: `/docs`: the document in Swagger UI
"""
