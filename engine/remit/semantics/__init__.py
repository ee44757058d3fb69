"""What it all means: `obligations(policies, graph, readings, calendar, events, now)`, a pure function.

Bindings, routes and deadlines come in; obligations, each with its status and its grounds, leave.
"""
