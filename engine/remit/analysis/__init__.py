"""What can be proved of a pack before anything happens: each finding with a case that shows it, or with a proof.

`solver` alone speaks to Z3, and only if it is asked; whatever it finds possible is then run, and counts only where
the run shows it.
"""
