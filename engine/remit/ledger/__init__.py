"""What is kept: an append-only, sealed and hash-chained stream of entries, and the projection that follows from it.

Events come in, entries and rows go out to SQLite or PostgreSQL. This room knows nothing of rules: what stands in the
projection is handed to it by the room above.
"""
