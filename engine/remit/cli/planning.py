"""The commands of planning: who does what, what a superior document asks for, what a reorganisation moves, what a year brings."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from remit.cli.options import Cases, Json, Key, Lang, PackArgument, Unit
from remit.cli.session import open_session, print_json, reporting
from remit.cli.sources import FromLedger, at_work

#: The longest time a forecast covers: a year, in whole weeks.
LONGEST = timedelta(weeks=53)


def matrix(
    context: typer.Context,
    pack: PackArgument = None,
    article: Annotated[
        str | None, typer.Option("--article", help="One article, by number or name. 条款", show_default=False)
    ] = None,
    unit: Unit = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="D", help="On which day; left out: today. 日期", show_default=False),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Article by article, who bears, performs, receives and assists. 责任矩阵。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.planning.matrix import matrix as lay_out
        from remit.planning.matrix import narrowed

        name = session.name(unit, "unit") if unit is not None else None
        found = narrowed(lay_out(session.pack, session.moment(on, "--on").date()), article, name)
        if as_json:
            from remit.planning.report import matrix_json

            print_json(matrix_json(session.pack, found))
        else:
            from remit.cli.planning_tables import show_matrix

            show_matrix(session, found, name, by_unit=article is not None)


def delegation(
    context: typer.Context,
    pack: PackArgument = None,
    superior: Annotated[
        str | None,
        typer.Option(
            "--superior", metavar="DOC", help="One superior document, by id, number or title. 上位文件", show_default=False
        ),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:  # fmt: skip
    """Which duties of a superior document no local rule carries out, and which local ones go beyond it. 上下位文件对照。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.planning.delegation import delegation as compare

        chains = compare(session.pack, superior)
        if as_json:
            from remit.planning.report import delegation_json

            print_json(delegation_json(session.pack, chains))
        else:
            from remit.cli.planning_tables import show_delegation

            show_delegation(session, chains)


def rehearse(
    context: typer.Context,
    pack: PackArgument = None,
    merge: Annotated[
        list[str] | None,
        typer.Option("--merge", metavar="A,B:NEW", help="Merge units into a unit that is there, or a new one (NEW, or ID=NAME). 合并", show_default=False),
    ] = None,
    rename: Annotated[
        list[str] | None, typer.Option("--rename", metavar="A:NAME", help="Rename a unit. 更名", show_default=False)
    ] = None,
    abolish: Annotated[
        list[str] | None,
        typer.Option("--abolish", metavar="A[:B]", help="Abolish a unit; B takes over what is open. 撤销", show_default=False),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="D", help="On which day; left out: tomorrow. 日期", show_default=False),
    ] = None,
    case: Cases = None,
    ledger: FromLedger = None,
    key: Key = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:  # fmt: skip
    """Rehearse a reorganisation: what moves, splits or loses its owner. Nothing is written. 机构调整预演。"""
    with reporting(context, lang, as_json=as_json):
        from remit.planning.acts import Kind, plan
        from remit.planning.rehearsal import rehearse as play

        kinds: tuple[tuple[Kind, list[str] | None], ...] = (("merge", merge), ("rename", rename), ("abolish", abolish))
        written = [(kind, text) for kind, texts in kinds for text in texts or ()]
        if not written:
            raise typer.BadParameter("say what is to happen: --merge, --rename or --abolish", param_hint="--merge")
        with at_work(context, pack, case, ledger, key, None) as (session, engine, at):
            day = session.day(on, "--on") if on is not None else at.date() + timedelta(days=1)
            found = play(session.pack, plan(session.pack, day, written), engine.events)
            if as_json:
                from remit.planning.report import rehearsal_json

                print_json(rehearsal_json(session.pack, found))
            else:
                from remit.cli.planning_tables import show_rehearsal

                show_rehearsal(session, found)


def forecast(
    context: typer.Context,
    pack: PackArgument = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="D", help="First day; left out: 1 January of next year. 自", show_default=False),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="D", help="Last day; left out: 31 December of that year. 至", show_default=False),
    ] = None,
    case: Cases = None,
    ledger: FromLedger = None,
    key: Key = None,
    unit: Unit = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """The last recorded year played again: duties per unit and week, and deadlines on days of rest. 工作量预测。"""
    with reporting(context, lang, as_json=as_json), at_work(context, pack, case, ledger, key, None) as (session, engine, at):  # fmt: skip
        from remit.planning.forecast import forecast as foresee
        from remit.planning.forecast import of_unit

        name = session.name(unit, "unit") if unit is not None else None
        first, last = session.span(start, end, at.year + 1)
        if last >= first + LONGEST:
            raise typer.BadParameter(f"{last} lies more than 53 weeks after {first}", param_hint="--to")
        found = foresee(session.pack, engine.events, first, last)
        if name is not None:
            found = of_unit(found, name)
        if as_json:
            from remit.planning.report import forecast_json

            print_json(forecast_json(session.pack, found))
        else:
            from remit.cli.planning_tables import show_forecast

            show_forecast(session, found)
