"""The images of the chart: which ones, those built here, the digests of the others.

What Docker does for `airgap`, it does here by the same code.
"""
