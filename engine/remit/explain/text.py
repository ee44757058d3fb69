"""An explanation as text: a tree that can be read aloud."""

from __future__ import annotations

from collections.abc import Iterator

from remit.model.explanation import Why

MARKS = {True: "✓ ", False: "✗ ", None: ""}
#: Of these steps, truth is the question: neither true nor false means unknown.
JUDGED = frozenset({"condition", "exception"})


def text(why: Why, language: str) -> str:
    """The tree in `language` (`zh` or `en`), one claim a line.

    Each line gives the claim, what was found and where it comes from; ✓, ✗ and ? say what held, what did not, and what is unknown.
    """
    return "\n".join(lines(why, language, "", ""))


def lines(why: Why, language: str, first: str, rest: str) -> Iterator[str]:
    yield first + line(why, language)
    for number, child in enumerate(why.children):
        last = number == len(why.children) - 1
        yield from lines(child, language, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def line(why: Why, language: str) -> str:
    """One claim, its value where that says more, its source."""
    claim = why.claim.of(language)
    mark = MARKS[why.holds] if why.kind in ("condition", "exception", "event", "route", "obligation") else ""
    if why.holds is None and why.kind in JUDGED:
        mark = "? "
    value = ""
    if why.kind == "fact" and why.value is not None:
        value = f" = {why.shown.of(language) if why.shown else why.value}"
    if why.kind == "quote" and why.value:
        value = f" —— {why.value}" if language == "zh" else f" — {why.value}"
    source = f"  [{why.source}]" if why.source else ""
    return f"{mark}{claim}{value}{source}"
