"""The profile of a file: what each of its columns is, and a spec that says so.

Begin with `proposal`. What a file holds is counted with ingest's own parsing; what it means is
decided by pure functions.

- `proposal`: the spec that `rookery init` writes for a file, checked against that file
- `data_check`: what ingest would do with each row of a file, by any spec
- `profile`: the decisions about all columns of a file
- `table_room`: which columns a table has room for
- `spec_text`: the YAML of a spec, with its reasons
- `holdout_share`: which share of the rows is held out
- `names`: names of models and columns, made of those of files and headers
- `target_decision`: what the target is
- `number_target`: what a target says that is a number
- `column_decisions`: what any other column is
- `number_decision`: what a column of numbers is
- `label_decision`: what a column of texts is
- `written_signs`: whether texts are numbers but for their sign
- `quoted_texts`: whether quotes are part of texts
- `datetime_decision`: what a column of dates is
- `decision`: a decision, and the words for it
- `leaks`, `value_leaks`: which columns give classes away, and which a number
- `sampled_values`: the sampled cells of a column as numbers
- `name_hints`: what the name of a column hints at
- `table_statistics`: one pass over all rows
- `column_statistics`: distinct cells and their counts
- `cell_tally`: as what the cells of a column can be read
- `number_tally`: what numbers are like
- `distinct_count`: how many values are distinct
- `row_sample`: rows drawn from the whole file
- `null_tokens`: texts that usually mean "missing"
- `number_formats`: how numbers are written
- `datetime_formats`: how moments are written
- `table_file`: a file as columns of cells
- `first_line`: what a line that is no header seems to be
- `dialect`: how the cells of a CSV are separated and quoted
- `file_blocks`: the bytes of a file
"""
