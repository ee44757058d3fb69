"""`remit mutate`: which careless changes of the rules no scenario notices."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.options import Json, Lang, PackArgument
from remit.cli.scenarios import bar, told
from remit.cli.session import BAD_PACK, OK, Session, echo, open_session, print_json, reporting, tell
from remit.model.text import many

if TYPE_CHECKING:
    from remit.specification.measure import Measure, Survivor
    from remit.specification.run import Outcome

Rules = Annotated[
    list[str] | None,
    typer.Option("--rule", metavar="R", help="Change only this rule or reading (repeatable). 规则", show_default=False),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", min=1, metavar="N", help="How many processes; left out: one for each processor. 进程数", show_default=False),
]  # fmt: skip
Sample = Annotated[int, typer.Option("--sample", min=1, metavar="N", help="Judge only every Nth change. 抽样")]


def mutate(
    context: typer.Context,
    pack: PackArgument = None,
    rule: Rules = None,
    jobs: Jobs = None,
    sample: Sample = 1,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Change the rules as a careless hand would, and say which changes no scenario notices. 度量场景。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.specification.measure import as_json as measured

        outcome = told(session, (), ())
        found = judged(session, outcome, rule or [], jobs or os.cpu_count() or 1, sample)
        if as_json:
            print_json(measured(found))
        else:
            show(session, outcome, found)
        raise typer.Exit(BAD_PACK if found.unexplained or found.problems or not outcome.passed else OK)


def judged(session: Session, outcome: Outcome, rules: list[str], jobs: int, sample: int) -> Measure:
    """Every change judged, under a bar on stderr."""
    from remit.specification.measure import measure

    left: list[int] = []
    with bar(1, session.say("逐一改动规则", "changing rules")) as progress:

        def step(open_ones: int) -> None:
            left.append(open_ones)
            progress(left[0] - open_ones, max(left[0], 1))

        return measure(session.pack, outcome, only=rules, jobs=jobs, sample=sample, step=step)


def show(session: Session, outcome: Outcome, found: Measure) -> None:
    """Every survivor, with its reason or a scenario that would notice it; then the counts."""
    language = session.language
    for survivor in found.survivors:
        show_survivor(session, survivor)
    tell(found.problems, language)
    if not outcome.passed:
        n = len(outcome.failures) + len(outcome.problems)
        echo(session.say(f"有 {n} 处场景失败或有误，不参与度量；先用 remit test 改正", f"{n} scenarios fail or cannot be read, and measure nothing; mend them first with remit test"))  # fmt: skip
    share = f"{found.share:.1%}"
    explained = len(found.survivors) - len(found.unexplained)
    echo(session.say(
        f"改动 {found.mutants} 处：察觉 {found.noticed} 处（{share}），未察觉 {len(found.survivors)} 处，其中 {explained} 处已写明理由；另有 {len(found.equivalent)} 处经证明并不改变什么",
        f"{many(found.mutants, 'change')}: {found.noticed} noticed ({share}), {len(found.survivors)} not, {explained} of these with a reason; {len(found.equivalent)} more are proven to change nothing",
    ))  # fmt: skip


def show_survivor(session: Session, survivor: Survivor) -> None:
    mutant = survivor.mutant
    echo(f"{'○' if survivor.reason else '✗'} {mutant.id}")
    echo(f"  {mutant.change.of(session.language)}")
    if survivor.reason:
        echo(session.say(f"  理由：{survivor.reason}", f"  reason: {survivor.reason}"))
    elif survivor.scenario:
        echo(session.say("  能察觉它的场景：", "  a scenario that notices it:"))
        echo("\n".join(f"  {line}" for line in survivor.scenario.splitlines()))
    else:
        echo(session.say("  没有找到能察觉它的场景；请补写场景，或在 features/survivors.yaml 里写明理由", "  no scenario was found that notices it; write one, or a reason in features/survivors.yaml"))  # fmt: skip
    echo("")
