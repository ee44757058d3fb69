"""The same obligations for all cases at once: events as Arrow tables in, one row an obligation out, worked out by DuckDB.

What is outside the columnar subset is answered by `live`, case by case, so that the answer is always whole.
"""
