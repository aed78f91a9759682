"""A real Kubernetes cluster on a machine that reaches package registries and no image registry.

Runs on the standard library of Python 3.11 alone: it is what a bare machine has.

- `__main__`: the commands
- `installation`: from a bare machine to a ready one, step by step; begin here
- `machine`: what this machine is
- `engine`: a Docker engine of our own, where no other answers
- `firewall`: what containers send out of the machine is rejected
- `processes`: processes that earlier runs left
- `packages`, `apt_sources`: Debian packages, and where the machine has them from
- `golang`, `programs`: a Go toolchain, and the programs that it builds
- `links`: the programs on the PATH
- `roots`: file systems made of Debian packages
- `node_image`: what `kind create cluster` starts
- `image_names`: the images that the product asks a registry for
- `stand_ins`: what takes their place

`go`, `node`, `runtime` and `stand_ins` hold the sources of what is made.
"""
