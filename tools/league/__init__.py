"""The league: what Rookery serves of real tables, beside tuned libraries on the same rows.

`python -m tools.league` begins in `__main__`; `make league` runs it. From top to bottom, each
module imports only those below it:

- `__main__`: the tables one by one, as far as their results do not stand already
- `page`: writes the table of `docs/league.md`
- `round`: one fold of one table: Rookery and the libraries, scored on the same rows
- `served`: what a stack serves of a table, and how fast
- `library_answers`: asks the libraries once, and keeps their answers
- `libraries`: the program of the other side, which runs beside the tables' packages
- `processor_time`: what a block of the program takes, with all that it started
- `standings`: gaps over the folds of a table
- `results`: the file of results of a table
- `folds`: the outer folds of a table
- `scores`: the metric of a table
- `entries`: the tables
"""
