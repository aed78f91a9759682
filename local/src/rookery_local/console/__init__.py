"""What a person sees.

- `terminal`: prints text as it is
- `report`: shows the progress of long steps, as bars or as lines
"""
