"""Why something is owed, why it is not, and how both are shown: as text, as a picture, as JSON."""
