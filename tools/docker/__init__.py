"""The Docker engine as programs use it, through its client.

- `client`: a client that has BuildKit
- `build`: builds an image from a Dockerfile
- `lent`: what this machine lends to a build, and no image keeps
- `images`: the engine's images, each with the digest of its inputs as a label
"""
