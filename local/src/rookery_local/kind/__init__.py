"""A kind cluster on this machine with Rookery installed in it.

- `bring_up`: `rookery cluster up`, from top to bottom; begin here
- `kind_cluster`: makes, starts, loads and removes the cluster
- `programs`: runs docker, kind, kubectl and helm
- `release`: the Helm release: its state, its objects, its images
- `installation`: reports how far an installation is while helm waits
- `node_images`: the images of a node, and pods that run outdated ones
- `orphaned_objects`: removes what a failed upgrade left
"""
