"""The page for people at `/`: its files and their routes."""
