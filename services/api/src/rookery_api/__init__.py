"""Rookery's API: serves the champion of every model over HTTP.

- `app`: puts the application together; begin here
- `routes`: every route in one table
- `serve`: runs it on both ports until SIGTERM
- `server/`: HTTP: from the bytes of a connection to a route, and back
- `protocols/`: what callers ask, and how they are answered
- `docs/`: the API described for its callers
- `page/`: the page for people
- `registry/`: the champions, kept at what the MLflow registry says
- `access/`: who may ask
- `base/`: settings, problems and what else every room needs
"""
