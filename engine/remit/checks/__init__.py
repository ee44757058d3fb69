"""Is the pack sound? What can be shown to be wrong before anything has happened."""
