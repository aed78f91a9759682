"""Bytes become text, records, fields and a header.

- `text`: UTF-8, and nothing else
- `records`: text cut into records, with line numbers
- `fields`: records split into fields
- `header`: which field is which column of the spec
"""
