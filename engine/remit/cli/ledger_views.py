"""The commands that read a ledger: what is owed, now or as of then, and everything that was said about a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remit.cli.options import InCase, Json, Key, Lang, Ledger, PackOption, Unit
from remit.cli.session import Session, echo, print_json, reporting

if TYPE_CHECKING:
    from remit.cli.ledger_session import Desk
    from remit.keeper.keeper import Query
    from remit.ledger.histories import Step
    from remit.model.obligation import Answer, Obligation

#: Of so many cases at most, the events are shown above the duties.
CASES_TOLD = 50


def obligations(
    context: typer.Context, ledger: Ledger, unit: Unit = None,
    status: Annotated[str | None, typer.Option("--status", help="One status, e.g. active. 状态", show_default=False)] = None,
    case: InCase = None,
    rule: Annotated[str | None, typer.Option("--rule", help="One rule. 规则", show_default=False)] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="T", help="As it stood then. 截至何时", show_default=False)] = None,
    known_at: Annotated[str | None, typer.Option("--known-at", metavar="K", help="By what was known then. 以何时所知", show_default=False)] = None,
    recorded_by: Annotated[str | None, typer.Option("--recorded-by", metavar="R", help="By what the ledger had taken in then. 以何时入账", show_default=False)] = None,
    unacknowledged: Annotated[bool, typer.Option("--unacknowledged", help="Only what was handed over and not acknowledged. 已移交未签收")] = False,
    agenda: Annotated[bool, typer.Option("--all", help="Also the recurring and standing duties. 含日常事项")] = False,
    key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """The duties at the ledger's clock, or as of any moment, as known at any other. 全部义务。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_desk
        from remit.keeper.keeper import Query

        with open_desk(context, pack, ledger, key) as desk:
            asked = {"--as-of": as_of, "--known-at": known_at, "--recorded-by": recorded_by}
            moments = tuple(desk.session.moment(t, option) if t else None for option, t in asked.items())
            then = desk if moments[2] is None else desk.under(desk.engine.durable.pack_of(moments[2]))
            session = then.session
            wanted = Query(session.name(unit, "unit") if unit else None, known_status(status), case, known_rule(session, rule))  # fmt: skip
            if any(moments):
                at = moments[0] or desk.engine.now
                answer = desk.engine.as_of(at, known_at=moments[1], recorded_by=moments[2])
                show(then, narrowed(answer, wanted, agenda=agenda, waiting=unacknowledged), at, as_json=as_json)
                return
            found = desk.engine.durable.answer_in(case) if case else desk.engine.answer(agenda=agenda)
            answer = narrowed(found, wanted, agenda=agenda, waiting=unacknowledged)
            if as_json:
                answer = replace(answer, obligations=desk.engine.durable.explained(answer.obligations))
            show(desk, answer, desk.engine.now, as_json=as_json)


def known_status(status: str | None) -> str | None:
    from remit.model.terms import Status

    if status is not None and status not in set(Status):
        raise typer.BadParameter(f"`{status}` is not one of {', '.join(Status)}", param_hint="--status")
    return status


def known_rule(session: Session, rule: str | None) -> str | None:
    from remit.errors import EventError, nearest

    if rule is not None and rule not in session.pack.rules:
        raise EventError("RM454", "unknown-rule", found=rule, expected="the id of a rule", suggestion=nearest(rule, session.pack.rules))  # fmt: skip
    return rule


def narrowed(answer: Answer, wanted: Query, *, agenda: bool, waiting: bool = False) -> Answer:
    """The part of an answer that is asked for; `waiting`: only what is handed over and not acknowledged."""
    owed = tuple(
        o
        for o in answer.obligations
        if wanted.fits(o) and (agenda or not of_agenda(o)) and (o.handover_open or not waiting)
    )
    if len(owed) == len(answer.obligations):
        return answer
    mine = {o.id for o in owed}
    return replace(answer, obligations=owed, conflicts=tuple(c for c in answer.conflicts if mine & set(c.obligations)))


def of_agenda(owed: Obligation) -> bool:
    """Whether no event raised it: recurring and standing duties, and what follows from those that were missed."""
    from remit.model.terms import Nature

    return owed.case is None and (owed.nature in {Nature.RECURRING, Nature.STANDING} or not owed.triggered_by)


def show(desk: Desk, answer: Answer, at: datetime, *, as_json: bool) -> None:
    session = desk.session
    if as_json:
        from remit.explain.report import report

        print_json(report(answer, session.pack, at))
        return
    from remit.cli.tables import show_answer

    cases = list(dict.fromkeys(o.case for o in answer.obligations if o.case is not None))
    events = [e for case in cases for e in desk.engine.durable.reports(case)] if len(cases) <= CASES_TOLD else []
    show_answer(session, answer, events, at.astimezone(session.pack.calendar.zone))


# --- history ----------------------------------------------------------------------------------------


def history(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case. 案件")],
    ledger: Ledger, key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Everything the ledger has about a case and those it was merged with or split from, in order. 案件历史。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_desk
        from remit.ledger.histories import history_of
        from remit.matching.moves import MOVES, linked

        with open_desk(context, pack, ledger, key) as desk:
            cases = [name for name in linked((case,), desk.store.events(types=MOVES))[case] if name is not None]
            steps = history_of(desk.store, cases)
            if not steps:
                from remit.errors import EventError

                raise EventError("RM455", "unknown-case", found=case, expected="a case that an event names")
            owed = [o for name in cases for o in desk.engine.obligations(case=name)]
            names = {desk.store.master.pseudonym(o.id): o.id for o in owed}
            told = [step_json(step, desk.session, names) for step in steps]
            if as_json:
                print_json({"case": case, "entries": told})
            else:
                show_history(desk.session, case, steps, names)


def step_json(step: Step, session: Session, names: dict[str, str]) -> dict[str, Any]:
    import msgspec

    from remit.explain.report import iso

    entry, pack = step.entry, session.pack
    event = entry.event
    return {
        "position": entry.position, "kind": entry.kind, "id": entry.id, "case": entry.case, "type": entry.type,
        "at": iso(event.at, pack) if event else None, "known_at": iso(event.known_at, pack) if event else None,
        "recorded_at": iso(entry.recorded_at, pack), "erased": step.erased,
        "content": None if entry.content is None or entry.kind == "pack" else msgspec.json.decode(entry.content),
        "changes": [
            {
                "number": m.number, "what": m.what, "obligation": names.get(m.key), "rule": m.rule, "bearer": m.bearer,
                "status": m.status, "due": iso(m.due, pack),
            }
            for m in step.messages
        ],
    }  # fmt: skip


def show_history(session: Session, case: str, steps: tuple[Step, ...], names: dict[str, str]) -> None:
    from remit.cli.ledger_words import kind, what
    from remit.cli.tables import event_line
    from remit.explain.words import Words

    words, zone = Words.of(session.pack), session.pack.calendar.zone
    echo(f"{session.say('案件', 'Case')} {case}")
    for step in steps:
        entry = step.entry
        if entry.event is not None:
            line = event_line(session, entry.event, words).replace("\\[", "[")
        elif step.erased:
            line = f"{entry.id}  {words.label(entry.type or '').of(session.language)}  {session.say('（内容已删除）', '(erased)')}"
        else:
            line = kind(session, entry.kind)
        if entry.case not in {None, case}:
            line += f"  [{entry.case}]"
        recorded = f"{entry.recorded_at.astimezone(zone):%Y-%m-%d %H:%M}"
        echo(f"{entry.position:>6}  {session.say('入账', 'recorded')} {recorded}  {line}")
        for message in step.messages:
            echo(f"          {what(session, message.what)}  {names.get(message.key, message.rule)}  {words.label(message.bearer).of(session.language)}")  # fmt: skip
