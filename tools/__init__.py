"""What generates, builds or measures: works on the repository, and is part of no image.

- `airgap`: Docker, kind, kubectl, Helm and base images where no image registry is reachable
- `images`: builds the chart's images, and pins other people's by digest
- `bench`: measures
- `league`: measures what is served of real tables, beside tuned libraries
- `gate_rates`: retrains simulated by the gate's own rules
- `generate`: writes the generated files that no service writes
- `release_version`: sets the version of a release
- `wheels`: builds the wheels of all members
- `packaged_tables`: writes the real tables of `judge` and `league`
- `helm_from_packages`: installs Helm 4 and Helm 3 for the tests
- `docker`: Docker's client, builds and images, for `airgap` and `images`
- `harness`: what tests and measurements run the product with
- `cache`: finished work, kept by a digest of what it was made from
- `commands`: runs programs
- `progress`: what a person sees meanwhile
- `checkout`, `failure`: where the checkout is, and the error that the user is told of

`airgap`, and all that it imports, needs nothing but Python 3.11. `lock.sh` writes `requirements/`.
"""
