"""The graph of a bundle, rebuilt from what was understood of its file.

- `rebuild`: walks a file node by node and writes the graph anew; begin here
- `messages`: an ONNX file, read; every field that is set is one that is understood
- `wire`: the wire format of protocol buffers
- `abstract_tensors`: kind and shape of every tensor, before anything is computed
- `attributes`: the attributes of a node
- `operators`: what each reviewed operator makes of the shapes of its inputs
- `ml_operators`: the same for the operators of ai.onnx.ml
- `forests`: tree ensembles: every index in bounds, every walk ends
- `budget`: how much a batch of the most rows may take
"""
