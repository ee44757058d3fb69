"""What helps an analyst write: a new pack, the canonical form of its files, and schemas for editors."""
