"""The commands about cases and calendars: what is owed, why, why not, and what recurs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.options import Backend, Cases, Format, Json, Lang, Now, PackArgument, PackOption, Unit
from remit.cli.session import Session, echo, engine_with, open_session, print_json, reporting, warn

if TYPE_CHECKING:
    from remit.engine import Engine
    from remit.model.explanation import Why

#: How many ids an error lists.
MANY = 20


def run(
    context: typer.Context,
    pack: PackArgument = None,
    case: Cases = None,
    now: Now = None,
    as_json: Json = False,
    agenda: Annotated[
        bool, typer.Option("--all", help="Also the recurring and standing duties of every unit. 含日常事项")
    ] = False,
    unit: Unit = None,
    backend: Backend = "auto",
    lang: Lang = None,
) -> None:
    """The duties that the given cases raise at a time. 案件产生的全部义务。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        at = session.moment(now)
        name = session.name(unit, "unit") if unit is not None else None
        engine = engine_with(session, case or (), at, backend)
        answer = engine.answer(agenda=agenda)
        if name is not None:
            owed = tuple(o for o in answer.obligations if o.bearer.id == name)
            mine = {o.id for o in owed}
            answer = replace(answer, obligations=owed, conflicts=tuple(c for c in answer.conflicts if mine & set(c.obligations)))  # fmt: skip
        warn(session, engine)
        if as_json:
            from remit.explain.report import report

            print_json(report(answer, session.pack, at))
        else:
            from remit.cli.tables import show_answer

            show_answer(session, answer, engine.events, at)


def why(
    context: typer.Context,
    obligation: Annotated[
        str,
        typer.Argument(
            help="The id of an obligation as `run --json` shows it, or of a rule that raised just one. 义务或规则编号"
        ),
    ],
    case: Cases = None,
    now: Now = None,
    form: Format = "text",
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """The proof of one obligation: event, condition, sentence, route, deadline. 为什么。"""
    with reporting(context, lang, as_json=as_json or form == "json"):
        session = open_session(context, pack)
        engine = engine_with(session, case or (), session.moment(now))
        tree = engine.why(meant(engine, obligation))
        warn(session, engine)
        show(session, [tree], "json" if as_json else form)


def meant(engine: Engine, written: str) -> str:
    """The id of an obligation; the id of a rule stands for its obligation where it raised just one.

    Raises:
        EventError: RM453, the rule raised several, and the hint names them; or none; or no rule is called so.
    """
    from remit.errors import EventError, nearest

    owed = engine.answer().obligations
    of_rule = [o.id for o in owed if o.rule == written]
    if len(of_rule) > 1:
        raise EventError("RM453", "unknown-obligation", found=written, expected=f"the id of one of the {len(of_rule)} obligations of this rule", hint="\n  ".join(shortened(of_rule)))  # fmt: skip
    if of_rule or written in {o.id for o in owed}:
        return (*of_rule, written)[0]
    rules = engine.pack.rules
    hint = f"the rule raised nothing; `remit why-not {written}` says why" if written in rules else None
    known = [o.id for o in owed] if "/" in written else rules
    raise EventError("RM453", "unknown-obligation", found=written, expected="the id of an obligation that exists at this moment, or of the rule that raised it", suggestion=None if hint else nearest(written, known), hint=hint)  # fmt: skip


def shortened(names: Sequence[str]) -> Sequence[str]:
    """As many as can be read at once; the count is said beside them."""
    return names if len(names) <= MANY else (*names[:MANY], "…")


def why_not(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="The id of a rule. 规则编号")],
    case: Cases = None,
    now: Now = None,
    form: Format = "text",
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Why a rule raised nothing, and what would change that. 为什么没有。"""
    with reporting(context, lang, as_json=as_json or form == "json"):
        session = open_session(context, pack)
        engine = engine_with(session, case or (), session.moment(now))
        cases = list(dict.fromkeys(e.case for e in engine.events if e.case is not None))
        show(session, [engine.why_not(rule, name) for name in cases or ("",)], "json" if as_json else form)


def show(session: Session, trees: Sequence[Why], form: str) -> None:
    """Explanations in one of three forms. JSON and pictures are one document: several trees stand under one root."""
    from remit.explain.picture import svg
    from remit.explain.text import text

    if form == "text":
        echo("\n".join(text(tree, session.language) for tree in trees))
        return
    tree = trees[0] if len(trees) == 1 else together(trees)
    if form == "json":
        print_json(tree.as_json())
    else:
        echo(svg(tree, session.language), end="")


def together(trees: Sequence[Why]) -> Why:
    """One root over the explanations of several cases."""
    from remit.model.explanation import Why
    from remit.model.text import Text, many

    return Why("note", Text(f"共 {len(trees)} 个案件", many(len(trees), "case")), children=tuple(trees))


def agenda(
    context: typer.Context,
    unit: Unit = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="D", help="First day; left out: 1 January of this year. 自", show_default=False),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="D", help="Last day; left out: 31 December of that year. 至", show_default=False),
    ] = None,
    case: Cases = None,
    now: Now = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Recurring and standing duties of a unit. 单位的日常事项。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        at = session.moment(now)
        first, last = session.span(start, end, at.year)
        name = session.name(unit, "unit") if unit is not None else None
        engine = engine_with(session, case or (), at)
        until = session.midnight(last + timedelta(days=1)) - timedelta(seconds=1)
        owed = engine.agenda(name, session.midnight(first), until)
        if as_json:
            from remit.explain.report import report
            from remit.model.obligation import Answer

            print_json(report(Answer(owed), session.pack, at, with_why=False))
        else:
            from remit.cli.tables import show_agenda

            show_agenda(session, owed, name)
