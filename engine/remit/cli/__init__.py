"""The command line. `main` is the entry point; the commands are in `app`, what they print in `tables`."""

from __future__ import annotations

import gc


def main() -> None:
    """Run `remit`. Exit codes: 0 ok, 1 the pack has errors, 2 usage, 3 an event is refused, 4 not found, 5 our own fault,
    6 the ledger cannot be read or written.

    A command makes much and drops little before it ends: the collector looks for garbage less often, and not once more
    through all that the end of the process takes anyway.
    """
    gc.set_threshold(100_000)
    from remit.cli.app import run_app

    try:
        run_app()
    finally:
        gc.freeze()
