"""Who may ask.

- `keys`: the keys, as the settings give them
- `access`: which key a route needs, and who shows it
- `hosts`: under which host names the API answers
- `origins`: the pages of other servers that may call it
"""
