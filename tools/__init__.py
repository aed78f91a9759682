"""What works on the repository itself, and is part of no image."""
