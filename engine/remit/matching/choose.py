"""Which back end is used, and why."""

from __future__ import annotations

from remit.errors import InternalError
from remit.matching.compiled import Compiled
from remit.matching.durable import Durable
from remit.matching.matcher import Matcher
from remit.matching.network import location
from remit.matching.reference import Reference
from remit.matching.worker import SHARED, Inline, Unavailable
from remit.program.program import Program

BACKENDS = ("auto", "durable", "durable-inline", "compiled", "reference")


def choose(program: Program, backend: str = "auto", *, at_once: bool = False) -> Matcher:
    """The matcher asked for; `auto` takes durable-rules where it is installed, and says why where it does not.

    Args:
        program: what is to be matched.
        backend: `auto` | `durable` (the network in a process of its own) | `durable-inline` (in this one) |
            `compiled` (plain Python, indexed) | `reference` (plain Python, as it is defined).
        at_once: with `auto`, start the network now and not at the first match, to know whether it can be had.

    Raises:
        InternalError: RM901, durable-rules was asked for by name and cannot be used here, or the name is unknown.
    """
    if backend not in BACKENDS:
        raise InternalError("RM901", "no-such-backend", found=backend, expected=f"one of {', '.join(BACKENDS)}")
    if backend == "reference":
        return Reference(program)
    if backend == "compiled":
        return Compiled(program)
    if backend == "auto" and location() is None:
        return Compiled(program, "durable-rules cannot be imported here: it is not installed")
    matcher = Durable(program, Inline() if backend == "durable-inline" else SHARED)
    if backend != "auto" or at_once:
        try:
            matcher.start()
        except Unavailable as state:
            if backend == "auto":
                return Compiled(program, str(state))
            raise InternalError(
                "RM901",
                "backend-unavailable",
                found=str(state),
                expected="durable-rules with its compiled core",
                hint="install a C compiler and reinstall durable-rules; on Python 3.13 build it with "
                "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject",
            ) from state
    return matcher
