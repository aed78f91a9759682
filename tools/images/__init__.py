"""The images of the chart: which ones, those built here, the digests of the others.

- `__main__`: the commands `build` and `digests`; begin here
- `names`: every image that the chart's values name
- `build`: builds those that have a Dockerfile in this checkout
- `digests`: writes the digests of the others into the values
"""
