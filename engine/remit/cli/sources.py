"""Where the events come from, for commands that take either case files or a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.session import Session, engine_with, open_session, warn

if TYPE_CHECKING:
    from remit.engine import Engine

FromLedger = Annotated[
    str | None,
    typer.Option(
        "--ledger", metavar="URL", help="A ledger instead of case files. 台账，代替案件文件", show_default=False
    ),
]


@contextmanager
def at_work(
    context: typer.Context, pack: Path | None, cases: list[Path] | None, ledger: str | None, key: Path | None, now: str | None
) -> Iterator[tuple[Session, Engine, datetime]]:  # fmt: skip
    """The pack, its events, and the moment: `--now`, else the ledger's clock, else this moment.

    Raises:
        typer.BadParameter: case files and a ledger at once.
    """
    if ledger is None:
        session = open_session(context, pack)
        at = session.moment(now)
        engine = engine_with(session, cases or (), at)
        yield session, engine, at
        warn(session, engine)
        return
    if cases:
        raise typer.BadParameter("either case files or a ledger", param_hint="--case")
    from remit.cli.ledger_session import open_desk

    with open_desk(context, pack, ledger, key) as desk:
        at = desk.session.moment(now) if now is not None else desk.engine.now
        yield desk.session, desk.engine, at.astimezone(desk.session.pack.calendar.zone)
