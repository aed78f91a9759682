"""HTTP: from the bytes of a connection to a route, and back.

- `middleware`: what happens to every request before and after its route
- `response_sender`: adds the headers that every response has
- `response_head`: writes the head of a response
- `access_log`: one line for each request
- `trace_context`: the trace that a caller says his request belongs to
- `otlp_spans`: spans of requests for a collector, where there is one
- `management`: the other port: `/metrics` and `/healthz`
- `connection`: reads the requests of one connection and answers them
- `connection_bounds`: times, sizes and numbers that a connection may take
- `connection_pool`: what the connections of one server share
- `request_reader`: requests out of a connection's bytes
- `request_head`: the head of a request
- `chunked_body`: a chunked body
- `write_coalescing`: head and body of a response as one write
- `file_handles`: how many connections the process can hold
- `exit_deadline`: ends the process in time, whatever its threads do
"""
