"""The rows that a sweep is trained on.

- `batch`: the completed batches, and which one is the last
- `erasures`: which batches have lost a row, because it was forgotten
- `snapshot`: reads the rows of one batch, divided into training rows and hold-out
- `sides`: divides the rows of a table
- `rows`: rows as a model sees them
- `search_rows`: the training rows on which trials are compared
- `shared_rows`: rows that several processes map into their memory
- `table`: a table whose columns are read one at a time
- `table_size`: how much there is to be fitted to
- `model_columns`: what a model sees of each feature
- `learned_spec`: what the training rows decide: labels, origins, optional features
- `holdout`: which rows no trial ever sees, and whether they are enough
- `feature_checks`, `fold_checks`: what has to be true of features and of folds
- `folds`: into which parts the training rows are divided
- `stopping_rows`: the rows by which a boosted estimator ends
"""
