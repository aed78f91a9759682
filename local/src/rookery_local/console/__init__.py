"""What a person sees.

- `terminal`: prints text as it is
- `report`: shows the progress of long steps, as bars or as lines
- `byte_progress`: moves a step by the bytes that were sent
"""
