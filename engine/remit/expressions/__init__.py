"""The condition language: text → tree → typed tree → one of three truth values, with the grounds.

Its ASCII part is a strict subset of CEL and means what CEL says. Total: once a condition has been checked, no
input makes it fail.
"""
