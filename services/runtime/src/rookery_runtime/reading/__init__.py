"""Reads a bundle in a child process, whose limits bound what a hostile file may take.

- `child`: the parent's side: a bundle goes in, a rebuilt graph or a refusal comes back
- `reader`: the child; it alone imports the package onnx
- `protocol`: what the two say to each other
- `memory`: what the container has left, and the limits of a child
"""
