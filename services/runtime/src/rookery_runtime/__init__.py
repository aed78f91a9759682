"""What a serving bundle is, how its graph is read, and how it answers rows.

    bundle      the two files, their digests
    messages    an ONNX file, read; every field that is set is one that is understood
    tensors     shape and kind of every tensor, before anything is computed
    budget      how much a batch of the most rows may take
    operators   what each reviewed operator makes of its inputs' shapes
    learned     the same for the operators of ai.onnx.ml
    forests     tree ensembles: every index in bounds, every walk ends
    graph       a graph rebuilt from what was understood
    reader      the child process that reads one bundle
    child       the parent's side of it
    memory      what the container has left, and the limits of a child
    model       the model that answers; columns, session, golden are its parts

Only `reader` and what it reads with import the package onnx: a process that serves does not.
"""
