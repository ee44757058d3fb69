"""`remit site`: a pack as pages that need no server, no network and no script to be read."""
