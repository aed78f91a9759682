"""`/v2`: the Open Inference Protocol.

- `routes`: the routes, and the metadata of a model
- `request`: what a request asks
- `response`: the outputs that it asks for
- `tensors`: tensors as JSON and in binary
"""
