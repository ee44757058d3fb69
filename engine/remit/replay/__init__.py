"""Years of events at once: files in, a table of obligations out, case by case, on as many cores or machines as there are.

`evaluate` is all that is worked out; who calls it (a pool of processes, Spark) decides only where. What is lost: the
explanations, for which `remit why` is asked about one case.
"""
