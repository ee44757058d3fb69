"""Plain frozen records: what the words of the design are made of.

Nothing is read from disk here and no time is reckoned; every other room takes these in and hands them on.
"""
