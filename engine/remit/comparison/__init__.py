"""Two packs side by side: what changed in meaning and not in text, and what that does to cases on record.

Whether a rule reaches more or fewer situations is decided by the solver, and shown by a case run under both packs.
"""
