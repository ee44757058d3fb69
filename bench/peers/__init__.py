"""Each peer behind the same three calls; see `lane.py`."""
