"""`remit test --watch`: run again what a change of a file touches, until Ctrl-C; a pack that does not load is waited for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from remit.cli.scenarios import show
from remit.cli.session import Session, Voice, echo, open_session, root_of, spoken, tell

if TYPE_CHECKING:
    from remit.pack.load import Pack


def keep_testing(
    context: typer.Context, pack: Path | None, names: Sequence[str], tags: Sequence[str], html: Path | None
) -> None:
    """Everything once, then what each change touches."""
    from rich.console import Console

    from remit.specification.watch import changes

    root = root_of(pack)
    waiting = changes(root)
    last = once(context, pack, None, frozenset(), names, tags, html)
    for paths in waiting:
        if sys.stdout.isatty():
            Console().clear()
        last = once(context, pack, last, paths, names, tags, html)


def once(
    context: typer.Context,
    pack: Path | None,
    before: Pack | None,
    paths: frozenset[Path],
    names: Sequence[str],
    tags: Sequence[str],
    html: Path | None,
) -> Pack | None:
    """One run. Returns the pack as it is now, or None where it does not load: then everything is run next time."""
    from remit.errors import PackError, RemitError

    try:
        session = open_session(context, pack)
        run_touched(session, before, paths, names, tags, html)
    except PackError as broken:
        language = spoken(context, broken)
        tell(broken.problems, language)
        echo(Voice(language).say("规则包有错误；改正后自动重新检验", "the pack has errors; it is tested again once they are mended"))  # fmt: skip
        return None
    except RemitError as refused:
        tell((refused,), spoken(context, None))
        return None
    echo(session.say("等待改动……（Ctrl-C 结束）", "waiting for changes … (Ctrl-C ends)"))
    return session.pack


def run_touched(
    session: Session,
    before: Pack | None,
    paths: frozenset[Path],
    names: Sequence[str],
    tags: Sequence[str],
    html: Path | None,
) -> None:
    from remit.specification.features import read_specification
    from remit.specification.run import choose, run
    from remit.specification.watch import touched

    specification = read_specification(session.pack.root)
    chosen = choose(specification, names, tags)
    whole = before is None and not names and not tags
    if before is not None:
        again = touched(paths, before, session.pack, specification)
        chosen = tuple(scenario for scenario in chosen if scenario in again)
    outcome = run(session.pack, specification, None if whole else chosen)
    show(session, outcome)
    if html is not None:
        from remit.specification.report import write_report

        write_report(outcome, session.pack, session.language, html)
