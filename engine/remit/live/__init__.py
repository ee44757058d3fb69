"""The same obligations as `semantics`, worked out fast: compiled conditions, cached routes and deadlines, an incremental agenda.

Nothing here decides what a norm means. Where it is quicker to look an answer up than to work it out again, the first
answer is the reference's own: routes, deadlines and questions are asked of it once and remembered.
"""
