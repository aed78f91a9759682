"""The rows of a batch as Parquet: written once to the object store, read by every sweep after it.

- `stored_batches`: finds the rows of a batch in the store, or reads the table and writes them
- `row_stream`: the rows of a batch from PostgreSQL, a block at a time
- `row_columns`: which columns are stored, and of what type
- `row_files`: Parquet files on disk, written and read column by column
- `settings`: the bucket
"""
