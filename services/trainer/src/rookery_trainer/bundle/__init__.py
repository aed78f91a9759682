"""What is served: a fitted pipeline as an ONNX model that answers as the pipeline does.

- `export`: writes a bundle, or reads back one that was written before
- `export_guard`: refuses pipelines of a form that nobody has reviewed
- `onnx_graph`, `onnx_neighbors`: make the ONNX model
- `verification`, `verification_rows`: prove that it answers as its original
- `golden`, `synthetic_rows`: make the rows that a served model must still answer
- `served`: runs an exported model
- `champion_bundle`: the bundle of the champion, as the gate compares it
"""
