"""Records become typed, checked rows.

- `rows`: reads records as rows; here a row is refused, with its reason
- `column_readers`: many cells of a column at once
- `cell_source`: the cells of a column, as the form of their records writes them
- `findings`: what is worth knowing of rows that are good
- `mark_hints`: with which marks a cell would be a number
- `values`: what an array of a column holds
- `reasons`: what reasons of bad rows have in common
- `row_hash`: the hash by which a row is known
- `row_hashes`: all hashes of a row: also of its content, and of what its side belongs to
- `duplicate_filter`: which rows may repeat an earlier one of their batch
- `row_format`: rows in COPY's binary format
- `text_fields`: texts in that format
"""
