"""Requests that make as much work as the limits allow, and what is seen of it.

- `wide_model`: the model they ask
- `requests`: all of them, each with its expected answer
- `loop_watch`: the API with a watch on its event loop, as a program
- `watched_api`: that program as a process, and how long a request held the loop
"""
