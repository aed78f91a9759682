"""Boosted trees: estimators that stop early on rows of their own, cut at their best round.

- `estimators`: makes them, and fits them with rows to stop by
- `trees`: their trees in one form, for the export and its verification
"""
