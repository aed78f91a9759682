"""Rookery's API: serves the champion of every model over HTTP."""
