"""The graph of a bundle, rebuilt from what was understood of its file.

- `rebuild`: checks inputs and outputs, and writes a new file with the graph; begin here
- `walk`: goes over a graph node by node, checks each and writes it again
- `messages`: an ONNX file as models, graphs, nodes and attributes
- `weights`: its weights
- `fields`: the fields that are understood
- `wire`: the wire format of protocol buffers
- `abstract_tensors`: kind and shape of every tensor, before anything is computed
- `attributes`: the attributes of a node
- `operators`: what each reviewed operator makes of the shapes of its inputs
- `ml_operators`: the same for the operators of ai.onnx.ml
- `forests`: tree ensembles: every index in bounds, every walk ends
- `budget`: how much a batch of the most rows may take
"""
