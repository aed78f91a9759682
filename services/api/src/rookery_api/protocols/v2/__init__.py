"""`/v2`: the Open Inference Protocol (https://github.com/open-inference/open-inference-protocol).

- `metadata`: what the server and each model are, and whether they are ready
- `infer`: predictions
- `request`: what a request for predictions asks
- `feature_tensors`: the tensor of one feature, as the model's columns
- `matrix`: one input of all features, as one for each
- `response`: the outputs that it asks for
- `tensors`: tensors as JSON and in binary
"""
