"""One configuration as a scikit-learn model, and how well it does.

- `search_space`: draws the configurations of a sweep
- `trial`: a configuration with its scores, and which trial is the best
- `pipeline`: the pipeline of each estimator, and how it is fitted
- `feature_blocks`: what an estimator sees of the model's columns
- `row_weights`: how much each row counts in a fit
- `target`: a number as an estimator sees it
- `answers`: what a fitted model answers
- `cross_validation`: scores a configuration over the folds of the training rows
- `out_of_fold`: what models say of training rows that they were not fitted to
- `row_blocks`: answers to many rows, block by block
- `calibration`: what becomes of raw probabilities so that they say how often they are right
- `calibrated_classifier`: a calibrated pipeline as a scikit-learn model
- `residuals`: how far the interval round a number reaches
- `threshold`: from which probability on the positive class is answered
- `label_worth`: what labels of two classes are worth: a total cost, or a metric
- `thresholded_classifier`: a model with a threshold as a scikit-learn model
- `monotone`: which columns are kept in order
- `mapper`: how the tasks of one computation are shared among processes
- `scores`: accuracy, log loss and the others, of one set of rows and over folds
- `value_scores`: RMSE, mean absolute error and R2
- `evaluation`: scores a fitted model on the hold-out
"""
