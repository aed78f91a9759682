"""A spec's address becomes blocks of bytes.

- `stream`: reads a source once, with its size, time and hash checked; begin here
- `typed_stream`: the same of Parquet and PostgreSQL, whose rows become JSON lines
- `json_lines`: rows with typed values as text
- `parquet_rows`, `query_rows`: programs that write them
- `reader_process`, `memory`: runs such a program, with so much memory
- `query`, `query_failure`: where a query is asked, by whom, and what went wrong
- `web`: sources at `http` and `https` addresses
- `checked_transport`: connects to checked addresses, and to no other
- `addresses`: which addresses a source may have
- `object_store`: sources at `s3` addresses
- `prefetch`: reads ahead in a thread, and ends reading that takes too long
- `redaction`: an address without what may be secret
- `settings`: where sources may be, and how long reading one may take
"""
