"""A real Kubernetes cluster on a machine that reaches package registries and no image registry.

Runs on the standard library of Python 3.11 alone: it is what a bare machine has.
"""
