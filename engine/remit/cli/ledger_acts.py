"""The acts of a clerk: withdraw or mend a report; waive, suspend, resume, transfer or dispute a duty, acknowledge a
hand-over; merge and split cases.

Each is an event like any other.

Its id comes from its content: the same act said again is the same event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.ledger_session import Desk, open_desk
from remit.cli.options import At, Authority, By, Future, InCase, Json, Key, Lang, Ledger, PackOption, Reason
from remit.cli.session import echo, print_json, reporting

if TYPE_CHECKING:
    from remit.model.event import Event

EventId = Annotated[str, typer.Argument(metavar="EVENT", help="The id of an event. 事件编号")]
OneCase = Annotated[str, typer.Argument(metavar="CASE", help="A case. 案件")]
Target = Annotated[
    str, typer.Argument(metavar="OBLIGATION", help="The id of an obligation, or of a rule. 义务或规则编号")
]


def retract(
    context: typer.Context, event: EventId, ledger: Ledger, reason: Reason = None, at: At = None, by: By = None,
    future: Future = False, key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Withdraw a report: it counts as never made; that it was made and withdrawn stays. 撤回报告。"""
    with reporting(context, lang, as_json=as_json), open_desk(context, pack, ledger, key) as desk:
        fields = {"type": "retraction", "of": event, "reason": reason, "at": at, "by": by}
        take(desk, made(desk, fields), future=future, as_json=as_json)


def amend(
    context: typer.Context, event: EventId, ledger: Ledger,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A fact as it should have been (repeatable). 更正内容", show_default=False),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="F", help="The whole report as it should have been. 更正后的报告", show_default=False),
    ] = None,
    reason: Reason = None, at: At = None, by: By = None, future: Future = False, key: Key = None,
    as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Mend a report: the case is worked out again as if it had been right from the start. 更正报告。"""
    if (not changes) == (file is None):
        raise typer.BadParameter("give --set NAME=VALUE or --file F", param_hint="--set")
    with reporting(context, lang, as_json=as_json), open_desk(context, pack, ledger, key) as desk:
        from remit.cli.ledger_mending import from_file, mended

        session, wrong = desk.session, desk.store.event(event)
        right = mended(session, wrong, changes or ()) if file is None else from_file(session, file)
        act = made(desk, {"type": "retraction", "of": event, "reason": reason, "at": at, "by": by})
        correction = replace(act, type="correction", case=wrong.case, replacement=replace(right, case=wrong.case))
        take(desk, identified(correction), future=future, as_json=as_json)


def waive(
    context: typer.Context, target: Target, ledger: Ledger, case: InCase = None, authority: Authority = None,
    reason: Reason = None, at: At = None, by: By = None, future: Future = False, key: Key = None,
    as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Waive a duty, by a stated authority. 免除义务。"""
    steer(context, "waiver", target, ledger, case, authority, reason, at, by, future, key, as_json, pack, lang)


def suspend(
    context: typer.Context, target: Target, ledger: Ledger, case: InCase = None, authority: Authority = None,
    reason: Reason = None, at: At = None, by: By = None, future: Future = False, key: Key = None,
    as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Stop the clock of a duty; what is left of its time is kept. 中止期限。"""
    steer(context, "suspension", target, ledger, case, authority, reason, at, by, future, key, as_json, pack, lang)


def resume(
    context: typer.Context, target: Target, ledger: Ledger, case: InCase = None, authority: Authority = None,
    reason: Reason = None, at: At = None, by: By = None, future: Future = False, key: Key = None,
    as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Let the clock of a duty run again. 恢复期限。"""
    steer(context, "resumption", target, ledger, case, authority, reason, at, by, future, key, as_json, pack, lang)


def transfer(
    context: typer.Context, target: Target, ledger: Ledger,
    to: Annotated[str, typer.Option("--to", metavar="UNIT", help="Who takes it over. 接收单位")],
    case: InCase = None, authority: Authority = None, reason: Reason = None, at: At = None, by: By = None,
    future: Future = False, key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Give a duty to another unit, by a stated authority; its deadline goes with it. 移交义务。"""
    steer(context, "transfer", target, ledger, case, authority, reason, at, by, future, key, as_json, pack, lang, to)


def receipt(
    context: typer.Context, target: Target, ledger: Ledger, case: InCase = None, reason: Reason = None, at: At = None,
    by: Annotated[str | None, typer.Option("--by", metavar="UNIT", help="Who received it; left out: the duty's recipient. 签收单位", show_default=False)] = None,
    future: Future = False, key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Acknowledge a hand-over: with the recipient's receipt the duty is complete. 签收移交。"""
    with reporting(context, lang, as_json=as_json), open_desk(context, pack, ledger, key) as desk:
        from remit.cli.ledger_handover import received

        said = about(desk, target, case)
        moment = desk.session.moment(at, "--at")
        unit = received(desk, target, said["case"], by, moment)
        take(desk, made(desk, {"type": "receipt", "reason": reason, "at": at, "by": unit, **said}), future=future, as_json=as_json)  # fmt: skip


def dispute(
    context: typer.Context, target: Target, ledger: Ledger, case: InCase = None, authority: Authority = None,
    reason: Reason = None, at: At = None, by: By = None, future: Future = False, key: Key = None,
    as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Dispute a duty: it is still owed, and somebody has to decide. 对义务提出争议。"""
    steer(context, "dispute", target, ledger, case, authority, reason, at, by, future, key, as_json, pack, lang)


def merge(
    context: typer.Context, case: OneCase, ledger: Ledger,
    of: Annotated[str, typer.Option("--of", metavar="OTHER", help="The case that goes over into it. 并入的案件")],
    authority: Authority = None, reason: Reason = None, at: At = None, by: By = None, future: Future = False,
    key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Two cases turn out to be one: the case goes on, and takes over everything of the other. 并案。"""
    with reporting(context, lang, as_json=as_json), open_desk(context, pack, ledger, key) as desk:
        require_case(desk, case)
        said = {"authority": authority, "reason": reason, "at": at, "by": by}
        take(desk, made(desk, {"type": "case_merger", "case": case, "of": of, **said}), future=future, as_json=as_json)


def split(
    context: typer.Context, case: OneCase, ledger: Ledger,
    events: Annotated[list[str], typer.Option("--events", metavar="EVENT", help="An event that goes (repeatable). 分出的事件")],
    into: Annotated[str, typer.Option("--into", metavar="OTHER", help="The case it goes to. 分入的案件")],
    authority: Authority = None, reason: Reason = None, at: At = None, by: By = None, future: Future = False,
    key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """One case turns out to be two: the events named go to another. 分案。"""
    with reporting(context, lang, as_json=as_json), open_desk(context, pack, ledger, key) as desk:
        require_case(desk, case)
        said = {"authority": authority, "reason": reason, "at": at, "by": by}
        fields = {"type": "case_split", "case": case, "events": events, "into": into, **said}
        take(desk, made(desk, fields), future=future, as_json=as_json)


def require_case(desk: Desk, case: str) -> None:
    """A slip of the pen would move reports to or from a case that is nobody's.

    Raises:
        EventError: RM455, no event names the case, and nothing was split off to it.
    """
    from remit.errors import EventError
    from remit.matching.moves import MOVES, linked

    if not any(desk.store.events(name) for name in linked((case,), desk.store.events(types=MOVES))[case]):
        raise EventError("RM455", "unknown-case", found=case, expected="a case that an event names")


def steer(
    context: typer.Context, kind: str, target: str, ledger: str, case: str | None, authority: str | None,
    reason: str | None, at: str | None, by: str | None, future: bool, key: Path | None, as_json: bool,
    pack: Path | None, lang: str | None, to: str | None = None,
) -> None:  # fmt: skip
    """What the acts about a duty do alike."""
    with reporting(context, lang, as_json=as_json), open_desk(context, pack, ledger, key) as desk:
        said = {"authority": authority, "reason": reason, "at": at, "by": by, "to_unit": to}
        fields = {"type": kind, **said, **about(desk, target, case)}
        take(desk, made(desk, fields), future=future, as_json=as_json)


def about(desk: Desk, target: str, case: str | None) -> dict[str, str | None]:
    """The duty meant, by its own id or by its rule, and its case.

    Raises:
        EventError: RM453, neither; RM455, the obligation belongs to another case.
    """
    from remit.errors import EventError, nearest

    if target in desk.session.pack.rules:
        return {"rule": target, "case": case}
    owed = {o.id: o for o in desk.engine.obligations(case=case)}
    if target not in owed:
        known = [*owed, *desk.session.pack.rules]
        raise EventError("RM453", "unknown-obligation", found=target, expected="the id of an obligation, or of a rule", suggestion=nearest(target, known))  # fmt: skip
    return {"obligation": target, "case": owed[target].case, "subject": owed[target].subject}


def made(desk: Desk, fields: Mapping[str, object]) -> Event:
    """The act as an event, its moment and units read as everywhere on the command line."""
    session = desk.session
    given = {name: value for name, value in fields.items() if value is not None}
    units: dict[str, object] = {
        name: session.name(str(given[name]), "unit") for name in ("by", "to_unit") if name in given
    }
    at = session.moment(str(given["at"]) if "at" in given else None, "--at")
    return identified(session.pack.event({**given, **units, "id": "act", "at": at}))


def identified(act: Event) -> Event:
    """The act under an id made of its content."""
    from hashlib import sha256

    from remit.errors import Origin
    from remit.ledger.codec import encode

    inner = None if act.replacement is None else replace(act.replacement, id="act")
    name = f"act-{sha256(encode(replace(act, id='act', replacement=inner))).hexdigest()[:20]}"
    named = None if inner is None else replace(inner, id=name)
    return replace(act, id=name, replacement=named, origin=Origin(event=name, case=act.case))


def take(desk: Desk, act: Event, *, future: bool, as_json: bool) -> None:
    """Keep the act and say what it changed."""
    from remit.cli.ledger_events import change_json
    from remit.cli.ledger_intake import acknowledgement
    from remit.cli.ledger_words import what

    desk.require_event_near(act, future=future)
    delta = desk.engine.submit(act)
    (position, _) = desk.store.places([act.id])[act.id]
    if as_json:
        done = acknowledgement(act.id, position, duplicate=delta.duplicate)
        print_json(done | {"changes": [change_json(change, desk) for change in delta.changes]})
        return
    say = desk.session.say
    echo(say(f"已入账 {act.id}，位置 {position}", f"kept {act.id} at position {position}") + (say("（重复）", " (there already)") if delta.duplicate else ""))  # fmt: skip
    for change in delta.changes:
        echo(f"  {what(desk.session, change.what)}  {change.obligation.id}")
