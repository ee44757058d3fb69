"""What `remit diff` needs first: two packs, and the cases on record; and where its page goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from remit.cli.session import Session, spoken

if TYPE_CHECKING:
    from remit.comparison.impact import Cases
    from remit.comparison.report import Report
    from remit.pack.load import Pack

#: How a file of SQLite begins.
SQLITE = b"SQLite format 3\x00"


def two_packs(context: typer.Context, old: Path, new: Path) -> tuple[Session, Pack]:
    """The new pack with the language to speak, and the old one.

    Raises:
        AnalysisError: RM844, both are the same directory.
        PackError: one of them has errors.
    """
    from remit.errors import AnalysisError, Origin

    if old.is_dir() and new.is_dir() and old.resolve() == new.resolve():
        raise AnalysisError("RM844", "same-pack", found=str(old), expected="two packs", origin=Origin(str(new)), hint="name the directory of the other version")  # fmt: skip
    before, after = loaded(old), loaded(new)
    context.obj = spoken(context, after)
    return Session(context.obj, after), before


def loaded(path: Path) -> Pack:
    """The pack of a directory; its errors say which of the two it is."""
    from remit.errors import PackError
    from remit.pack.load import Pack

    try:
        return Pack.load(path)
    except PackError as failure:
        for problem in failure.problems:
            inside = problem.origin.file and not problem.origin.file.startswith(str(path))
            problem.origin = replace(problem.origin, file=str(path / problem.origin.file)) if inside else problem.origin
        raise


def cases_on(named: Sequence[str], key: Path | None, old: Pack, new: Pack) -> tuple[Cases, datetime | None]:
    """The cases of files, directories or a ledger; with a ledger, its clock.

    Raises:
        AnalysisError: RM845 the ledger of another pack, RM846 no cases.
        LedgerError: the ledger cannot be read.
    """
    from remit.comparison.impact import from_files, of_ledger

    ledgers = [name for name in named if is_ledger(name)]
    paths = [Path(name) for name in named if name not in ledgers]
    if not ledgers:
        return from_files(paths, old, new), None
    from remit.cli.ledger_session import open_store
    from remit.ledger.rows import instant

    with open_store(ledgers[0], key) as store:
        found = of_ledger(store.events(), store.pack, old, new)
        clock = instant(store.head().now)
    if paths:
        more = from_files(paths, old, new)
        found.pairs += more.pairs
        found.refused += more.refused
    return found, clock


def is_ledger(name: str) -> bool:
    """Whether it is the address of a ledger, or the file of one."""
    if "://" in name:
        return True
    path = Path(name)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def page_to(path: Path, report: Report, *, force: bool) -> None:
    """Write the page.

    Raises:
        AnalysisError: RM843, the file is there already.
        AuthoringError: RM804, it cannot be written.
    """
    from remit.authoring.writing import replace as replace_file
    from remit.errors import AnalysisError, Origin

    if path.exists() and not force:
        raise AnalysisError("RM843", "file-exists", found=str(path), expected="a file that is not there yet", origin=Origin(str(path)), hint="--force writes over it")  # fmt: skip
    replace_file(path, report.page())
