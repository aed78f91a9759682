"""What is served: a fitted pipeline as an ONNX model that answers as the pipeline does.

- `export`: writes a bundle, or reads back one that was written before
- `export_guard`: refuses pipelines of a form that nobody has reviewed
- `onnx_graph`: makes the ONNX model; begin here
- `onnx_columns`: of a first-version pipeline, by skl2onnx as a whole
- `onnx_table`: of a pipeline of `spec: 2`, which takes one feature table
- `onnx_features`: what its estimator sees of that table
- `onnx_estimators`, `onnx_boosting`, `onnx_neighbors`: the estimators as parts of a graph
- `onnx_exact_sums`: sums of trees that answer a number, without lost digits
- `onnx_calibration`: what becomes of probabilities behind the estimator
- `onnx_parts`: nodes and weights, put together
- `verification`, `verification_rows`: prove that it answers as its original
- `golden`, `synthetic_rows`: make the rows that a served model must still answer
- `served`: runs an exported model
- `champion_bundle`: the bundle of the champion, as the gate compares it
"""
