"""The model spec: the one home of every domain fact of a model.

- `model_spec`: the spec itself; begin here
- `table_keys`, `target_keys`, `training_keys`: its keys, by what they are about
- `gate`: when a challenger replaces the champion
- `columns`: what a cell of a column may hold
- `column_names`: what a column may be called, and how for a header
- `datetime_format`: how moments are written
- `source`: where the data is, and how its texts are written
- `feature_choice`: which columns are features
- `task`: classes or numbers, with the metrics and losses of each
- `rare_classes`: labels of the target that too few rows have
- `label_decision`: what a threshold between two classes is chosen for
- `monotone`: features with which answers never fall, or never rise
- `holdout`: which rows no trial sees
- `second_version`: which keys need `spec: 2`
- `consistency`, `column_checks`: what keys and columns may not be, with the words for it
- `cells`, `number_marks`: read a text as a value of its column
- `estimator_checks`: which estimators and search spaces a spec may have
- `estimators`: the reviewed estimators, their parameters and default search spaces
- `distributions`: what a search space draws from
- `domains`: which values a parameter may have
- `catalog`: all specs, the shipped ones and those of a folder
- `spec_yaml`: the spec that a text holds, or all that is wrong with it
- `sentences`, `yaml_places`: say what is wrong in a text, and where
- `bounded_yaml`: YAML of unknown origin, read within bounds
"""
