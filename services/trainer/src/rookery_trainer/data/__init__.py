"""The rows that a sweep is trained on.

- `snapshot`: reads the rows of one batch, divided into training rows and hold-out
- `holdout`: which rows no trial ever sees
- `feature_checks`: what has to be true of features
- `folds`: how many folds each use needs, and so how many rows of each class
"""
