"""The model spec: the one home of every domain fact of a model.

- `model_spec`: the spec itself; begin here
- `columns`: what a cell of a column may hold
- `column_checks`: what columns may not be, with the words for it
- `cells`: reads a text as a value of its column
- `estimators`: the reviewed estimators and their parameters
- `distributions`: what a search space draws from
- `domains`: which values a parameter may have
- `catalog`: all specs, the shipped ones and those of a folder
- `bounded_yaml`: YAML of unknown origin, read within bounds
"""
