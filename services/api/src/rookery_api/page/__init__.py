"""The page for people at `/`: its files, which a browser runs, and their routes.

- `routes`: serves the files of this folder
"""
