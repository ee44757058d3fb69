"""Policies in, the one typed intermediate program out; independent of every matcher.

What is lost: the words. What is gained: for every rule, the events that can set it off, what else must have
happened, and which acts discharge or breach it.
"""
