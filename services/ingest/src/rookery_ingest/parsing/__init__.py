"""Bytes become text, records, fields and a header.

- `text`: in one encoding, and nothing else
- `foreign_formats`: files that are no CSV though they hold a table
- `source_records`: all of it, as a spec says that its source is written
- `line_ends`: what ends a line
- `records`: text cut into records, with line numbers
- `record_ends`: where a record ends
- `fields`: records split into fields
- `record_form`: how records are cut and split, which a batch keeps
- `json_rows`: rows of sources with typed values
- `header`: which field is which column of the spec
- `header_hints`: what a header that does not fit seems to be
"""
