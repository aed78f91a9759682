"""Rookery's shared nouns: model spec, contract, manifest, settings, errors, logs, names."""
