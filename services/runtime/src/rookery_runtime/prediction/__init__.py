"""Answers rows.

- `rows`: checks values against a contract
- `input_columns`: rows as the model takes them: a column for each feature
- `onnx_session`: runs a rebuilt graph
- `golden_check`: whether a model answers its golden predictions as the manifest says
"""
