"""What the commands about scenarios share: telling them under a bar, and showing how they ended."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from remit.cli.session import Session, echo, tell
from remit.model.text import many

if TYPE_CHECKING:
    from remit.specification.features import Scenario, Specification
    from remit.specification.play import Result
    from remit.specification.run import Outcome


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
    line = session.say(f"场景 {total} 个：通过 {total - failed}，失败 {failed}", f"{many(total, 'scenario')}: {total - failed} passed, {failed} failed")  # fmt: skip
    if outcome.problems:
        n = len(outcome.problems)
        line += session.say(f"；场景文件的错误 {n} 处", f"; {many(n, 'error')} in feature files")
    if outcome.complete:
        reached, rules = len(outcome.rules) - len(outcome.unreached), len(outcome.rules)
        line += session.say(f"。{rules} 条规则中，{reached} 条在场景中产生义务", f". Of {many(rules, 'rule')}, {reached} raise an obligation in some scenario")  # fmt: skip
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
