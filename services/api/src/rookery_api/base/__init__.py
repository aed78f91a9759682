"""What every other room stands on.

- `settings`: how the API listens, what it accepts, where it keeps its copies
- `trace_settings`: whether spans are sent, by `OTEL_*`
- `problems`: every error that is answered, as RFC 9457 problem details
- `responses`: JSON on its way out
- `compression`: documents and files, as gzip for those who take it
- `entity_tag`: whoever has a content already is not sent it again
- `datatypes`: the tensors that the Open Inference Protocol's requests may hold
- `cards`: what `/models` says of a model
- `metrics`: the series that Prometheus reads
- `exposition_format`: how they are written, as the reader prefers
- `turns`: long work in steps, with a turn of the event loop between two
"""
