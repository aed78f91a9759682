"""Answers rows.

- `rows`: checks rows against a contract
- `values`: what a field may hold, and the words for what it may not
- `input_columns`: rows as a model takes them: one feature table, or a column for each feature
- `onnx_session`: runs a rebuilt graph
- `golden_check`: whether a model answers its golden predictions as the manifest says
"""
