"""What callers ask, and how they are answered.

- `predict`: `/predict`: Rookery's own form
- `partial_batch`: its batches of which only the good rows are answered
- `invocations`: `/invocations`: MLflow's scoring protocol
- `invocation_records`: the bodies of that protocol, as records
- `v2/`: the Open Inference Protocol
- `models`: `/models`: the cards
- `health`: `/livez` and `/readyz`
- `prediction_context`: what every prediction route has at hand
- `body`: reads a body within its limits
- `content_coding`: a compressed body, and what it was
- `json_body`: a body as the JSON value that it is
- `answers`: probabilities as JSON
"""
