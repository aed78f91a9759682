"""Simulates retrains by the gate's own rules: how often is what promoted?

- `tables`: simulated tables, of rare and many classes, of numbers, with groups, by time
- `fits`: models with a closed form
- `tree_fits`: forests and boosting as learners
- `prepared`: one state of a table as the trainer would see it
- `retrains`: single retrains, and years of them
- `experiments`: which are done, and how often
- `summary`: the tables of results
- `__main__`: does what is missing, and prints them

`make gate-rates` runs what is missing of it and prints the tables; `ARGS="--print"` prints alone,
`ARGS=--trees` runs the lines with forests and boosting.
"""
