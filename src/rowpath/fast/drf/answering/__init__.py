"""The answer around the rows: its envelope, its bytes, and DRF's own in its place."""
