"""Which back end is used, and why."""

from __future__ import annotations

from remit.errors import InternalError
from remit.matching.matcher import Matcher
from remit.matching.reference import Reference
from remit.program.program import Program

BACKENDS = ("auto", "durable", "reference")


def choose(program: Program, backend: str = "auto") -> Matcher:
    """The matcher asked for; `auto` takes durable-rules where it imports, and says why where it does not.

    Raises:
        InternalError: RM901, durable-rules was asked for by name and cannot be used here, or the name is unknown.
    """
    if backend == "reference":
        return Reference(program)
    if backend not in BACKENDS:
        raise InternalError("RM901", "no-such-backend", found=backend, expected=f"one of {', '.join(BACKENDS)}")
    try:
        from remit.matching.durable import Durable

        return Durable(program)
    except ImportError as missing:
        if backend == "durable":
            raise InternalError(
                "RM901",
                "backend-unavailable",
                found=str(missing),
                expected="durable-rules with its compiled core",
                hint="install a C compiler and reinstall durable-rules; on Python 3.13 build it with "
                "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject",
            ) from missing
        return Reference(program, f"durable-rules cannot be imported here: {missing}")
