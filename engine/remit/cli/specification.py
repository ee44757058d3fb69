"""The commands about a pack's scenarios: do they hold, what would they say, what do they notice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.options import Force, Json, Lang, PackArgument, PackOption
from remit.cli.session import BAD_PACK, OK, Session, echo, open_session, print_json, reporting, tell

if TYPE_CHECKING:
    from remit.specification.features import Scenario, Specification
    from remit.specification.play import Result
    from remit.specification.run import Outcome

Chosen = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="NAME", help="Only these: a name or a part of it, a file, or FILE:LINE (repeatable). 场景", show_default=False),
]  # fmt: skip
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Only those with this tag (repeatable). 标签", show_default=False),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Also write a report that any browser shows. 网页报告", show_default=False),
]  # fmt: skip


def test(
    context: typer.Context,
    pack: PackArgument = None,
    scenario: Chosen = None,
    tag: Tags = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run again what a change of a file touches. 随改随测")] = False,
    html: Html = None,
    force: Force = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Run the scenarios of a pack, and say of each that fails what arose instead and why. 检验场景。"""
    with reporting(context, lang, as_json=as_json):
        if html is not None:
            from remit.specification.report import require_writable

            require_writable(html, force=force or watch)
        if watch:
            from remit.cli.watching import keep_testing

            keep_testing(context, pack, scenario or (), tag or (), html)
            return
        session = open_session(context, pack)
        outcome = told(session, scenario or (), tag or ())
        if html is not None:
            from remit.specification.report import write_report

            write_report(outcome, session.pack, session.language, html)
        if as_json:
            from remit.specification.results import as_json as results

            print_json(results(outcome))
        else:
            show(session, outcome)
        raise typer.Exit(OK if outcome.passed else BAD_PACK)


def told(session: Session, names: Sequence[str], tags: Sequence[str]) -> Outcome:
    """The scenarios chosen, told under a bar on stderr."""
    from remit.specification.features import read_specification
    from remit.specification.run import choose, run

    specification: Specification = read_specification(session.pack.root)
    chosen: tuple[Scenario, ...] | None = choose(specification, names, tags) if names or tags else None
    total = len(specification.scenarios if chosen is None else chosen)
    with bar(total, session.say("检验场景", "telling scenarios")) as progress:
        done = count(1)
        return run(session.pack, specification, chosen, step=lambda _: progress(next(done), total))


@contextmanager
def bar(total: int, title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where a person watches; it is told how much is done, and of how much."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)


def show(session: Session, outcome: Outcome) -> None:
    """Every failure with its place and its reasons, then the count."""
    for result in outcome.failures:
        show_failure(session, result)
    tell(outcome.problems, session.language)
    failed, total = len(outcome.failures), len(outcome.results)
    line = session.say(f"场景 {total} 个：通过 {total - failed}，失败 {failed}", f"{total} scenarios: {total - failed} passed, {failed} failed")  # fmt: skip
    if outcome.problems:
        n = len(outcome.problems)
        line += session.say(f"；场景文件的错误 {n} 处", f"; {n} errors in feature files")
    if outcome.complete:
        reached, rules = len(outcome.rules) - len(outcome.unreached), len(outcome.rules)
        line += session.say(f"。{rules} 条规则中，{reached} 条在场景中产生义务", f". Of {rules} rules, {reached} raise an obligation in some scenario")  # fmt: skip
    echo(line)


def show_failure(session: Session, result: Result) -> None:
    scenario, failure = result.scenario, result.failure
    if failure is None:
        return
    word = {"undefined": session.say("步骤不明", "not understood")}.get(result.status, session.say("失败", "failed"))
    echo(f"✗ {word}：{scenario.title}" if session.language == "zh" else f"✗ {word}: {scenario.title}")
    if failure.step is not None:
        echo(f"  {scenario.file}:{failure.step.line}  {failure.step.written}")
    else:
        echo(f"  {scenario.place}")
    echo(f"  {failure.message}")
    for detail in failure.details:
        echo(f"  {detail}")
    echo("")


def suggest(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario's name or a part of it, or FILE:LINE. 场景")],
    unit: Annotated[list[str] | None, typer.Option("--unit", help="Also this unit's agenda (repeatable). 含其日常事项", show_default=False)] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the lines into the file, marked for a person to confirm. 写入文件")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over lines suggested before. 覆盖以前的建议")] = False,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:  # fmt: skip
    """Write the Then lines that follow from what a scenario reports, for a person to confirm. 建议“那么”各行。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.specification.features import read_specification
        from remit.specification.insert import insert, suggested
        from remit.specification.run import choose

        units = [session.name(written, "unit") for written in unit or ()]
        chosen = choose(read_specification(session.pack.root), [scenario])
        found = suggested(chosen, session.pack, units, force=force)
        if write:
            insert(found, session.pack.root, force=force)
        if as_json:
            print_json([{"file": s.scenario.file, "line": s.scenario.line, "row": s.scenario.row, "name": s.scenario.title, "lines": list(s.lines)} for s in found])  # fmt: skip
            return
        for suggestion in found:
            echo(f"{suggestion.scenario.place}  {suggestion.scenario.title}")
            for line in suggestion.lines or (session.say("（没有要补充的）", "(nothing to add)"),):
                echo(f"    {line}")
        if write:
            echo(session.say("已写入，待人确认：确认后删去 # 标记", "written, for a person to confirm: then take the # mark away"))  # fmt: skip
