"""A spec's address becomes blocks of bytes.

- `stream`: reads a source once, with its size, time and hash checked; begin here
- `web`: sources at `http` and `https` addresses
- `checked_transport`: connects to checked addresses, and to no other
- `addresses`: which addresses a source may have
- `object_store`: sources at `s3` addresses
- `prefetch`: reads ahead in a thread, and ends reading that takes too long
- `redaction`: an address without what may be secret
- `settings`: where sources may be, and how long reading one may take
"""
