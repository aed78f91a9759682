"""A kind cluster on this machine with Rookery installed in it.

- `bring_up`: `rookery cluster up`, from top to bottom; begin here
- `kind_cluster`: makes, starts, loads and removes the cluster
- `programs`: runs docker, kind, kubectl and helm
- `release`: the Helm release: its state, its objects, its images
- `installation`: installs or upgrades the release, and reports how far helm is
- `model_addition`: `rookery cluster add`: a spec and its data become a model of the release
- `entrance`: where the API of a cluster answers this machine
- `node_images`: the images of a node, and pods that run outdated ones
- `orphaned_objects`: removes what a failed upgrade left
"""
