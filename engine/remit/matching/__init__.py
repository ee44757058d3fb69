"""Program × the events of a case → bindings: which rule is set off by which event, and how surely.

Back ends behind one protocol, one answer. What a network is right about is given to it; the conditions are
judged by the same guard everywhere.
"""
