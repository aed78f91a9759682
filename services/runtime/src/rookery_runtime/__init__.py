"""What a serving bundle is, how its graph is read, and how it answers rows.

- `bundle`: the two files and their digests
- `graph/`: a file's graph, rebuilt from what was understood of it
- `prediction/`: answers rows with a rebuilt graph
- `reading/`: reads a bundle in a child process
- `loaded_model`: the model that answers
- `steps`: long work that pauses every few milliseconds

Only `reading/reader` and what it reads with import the package onnx; a process that serves does
not.
"""
