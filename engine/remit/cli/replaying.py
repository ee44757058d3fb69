"""`remit replay`: years of events at once, from files to a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from remit.cli.options import Force, Json, Lang, Now, PackArgument
from remit.cli.session import BAD_EVENT, Voice, echo, open_session, print_json, reporting
from remit.model.text import many

if TYPE_CHECKING:
    from remit.replay.replay import Summary

#: Rejects that are told on the terminal; all of them are in the table.
SHOWN = 5


def replay(
    context: typer.Context,
    pack: PackArgument = None,
    events: Annotated[
        list[Path] | None,
        typer.Option("--events", metavar="FILE", help="JSON Lines, case files, Parquet or Arrow (repeatable). 事件文件", show_default=False),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="PATH", help="A file .parquet or .arrow, or a directory. 输出处", show_default=False),
    ] = None,
    now: Now = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", min=1, help="Processes; left out: one a core. 进程数", show_default=False),
    ] = None,
    engine: Annotated[
        Literal["auto", "columnar", "live"],
        typer.Option("--engine", help="columnar: many cases at once; live: one by one; auto: columnar where DuckDB is. 引擎"),
    ] = "auto",
    force: Force = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:  # fmt: skip
    """Years of events at once: what every case and unit owes, as a table. 批量重放。"""
    with reporting(context, lang, as_json=as_json):
        if not events:
            raise typer.BadParameter("say what is to be replayed", param_hint="--events")
        if to is None:
            raise typer.BadParameter("say where the table is to be written", param_hint="--to")
        session = open_session(context, pack)
        require_library()
        from remit.replay.replay import replay as run

        with watching(session) as step:
            done = run(session.pack, events, to, session.moment(now), jobs=jobs or os.cpu_count() or 1, engine=engine, force=force, step=step)  # fmt: skip
        if as_json:
            print_json(done.as_json())
        else:
            show(session, done)
    if done.rejected:
        raise typer.Exit(BAD_EVENT)


def require_library() -> None:
    """Refuse at once where Arrow is not installed.

    Raises:
        ReplayError: RM893.
    """
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        from remit.errors import ReplayError

        raise ReplayError("RM893", "library-missing", found="pyarrow", expected='pip install "remit[bulk]"')


@contextmanager
def watching(told: Voice) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, where a person watches."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(told.say("重放", "replaying"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(told: Voice, done: Summary) -> None:
    """The counts, and the first of what was rejected."""
    echo(told.say(
        f"读入 {done.read} 条：采用 {done.taken}（其中重复 {done.repeated}），拒绝 {done.rejected}；{done.cases} 个案件，{done.obligations} 项义务",
        f"read {done.read}: taken {done.taken} (of them again {done.repeated}), rejected {done.rejected}; {many(done.cases, 'case')}, {many(done.obligations, 'obligation')}",
    ))  # fmt: skip
    if done.rejects is None:
        return
    from pyarrow import parquet

    from remit.explain.messages import MEANINGS, spoken

    for row in next(parquet.ParquetFile(done.rejects).iter_batches(batch_size=SHOWN)).to_pylist():
        wrong = told.say(
            f"{MEANINGS[row['code']]}：实为“{row['found']}”，应为 {spoken(row['expected'])}",
            f"{row['slug']}: found `{row['found']}`, expected {row['expected']}",
        )
        typer.echo(f"{row['file']}:{row['line']}:{row['column']}: {row['code']} {wrong}", err=True)
    typer.echo(told.say(f"全部被拒绝的记录见 {done.rejects}", f"all that was rejected is in {done.rejects}"), err=True)
