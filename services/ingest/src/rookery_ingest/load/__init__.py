"""Raw data, quarantine, and the merge into processed data.

- `raw_data`: every record of every source, verbatim
- `raw_batches`: the table of batches: which sources are stored, and how
- `source_copy`: the copy of a source into raw data
- `raw_difference`: a batch that is stored as its difference from the one before
- `known_records`: which records of a source an earlier batch holds already
- `stored_records`: reads them back
- `batch_marks`: which marks the numbers of a batch have
- `checked_rows`: valid rows go on, bad ones go into quarantine
- `quarantine`: bad rows, and how many are too many
- `staging`: the rows of a batch on their way into their table
- `merge`: the comparison of staged rows with each other and with the table
- `versions`: the same under `spec: 2`, where rows are removed and replaced too
- `difference`: the merge of a difference
- `batch_load`: one raw batch into the processed table
- `sums`: the sums of which a content digest is made
- `tombstones`: keys that were forgotten
- `erasure`: erases their rows from processed data
- `few_rows`: whether both sides have rows enough
- `constants`: columns of which all rows have one value, or none
- `strata`: the quantiles of a target that is a number
- `dealing`: the side of each new row
- `first_deal`: the same for a first batch, while its rows go by
- `processed_data`: the table of a model's rows, and its completed batches
- `pg_copy`: COPY, and reading many rows
- `primary_key`: a primary key that is built last
- `database`: transactions, locks, and what failures mean
- `progress`: the events of a long step
"""
