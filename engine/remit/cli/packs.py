"""The commands about a pack itself: is it sound, is it whole, what does it know; and about this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli.options import Json, Lang, PackArgument, PackOption
from remit.cli.session import BAD_PACK, NOT_FOUND, OK, echo, open_session, print_json, reporting, spoken, tell
from remit.model.text import many


def check(context: typer.Context, pack: PackArgument = None, as_json: Json = False, lang: Lang = None) -> None:
    """Every error in a pack, with its place and what was meant. 检查规则包。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.checks.check import check as check_pack

        found = check_pack(session.pack)
        if as_json:
            print_json(
                {"errors": [e.as_json() for e in found.errors], "warnings": [w.as_json() for w in found.warnings]}
            )
        else:
            tell(found.errors, session.language)
            tell(found.warnings, session.language, session.say("提醒", "warning"))
            rules, units = len(session.pack.rules), len(session.pack.vocabulary.units)
            echo(session.say(f"规则 {rules} 条，单位 {units} 个：错误 {len(found.errors)}，提醒 {len(found.warnings)}", f"{many(rules, 'rule')}, {many(units, 'unit')}: {many(len(found.errors), 'error')}, {many(len(found.warnings), 'warning')}"))  # fmt: skip
        raise typer.Exit(BAD_PACK if found.errors else OK)


def coverage(context: typer.Context, pack: PackArgument = None, as_json: Json = False, lang: Lang = None) -> None:
    """Each sentence of the source: formalised, declared non-normative, or open. 每句原文的着落。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.checks.coverage import coverage as cover

        found = cover(session.pack)
        if as_json:
            rows = [
                {
                    "policy": c.policy, "article": c.sentence.label, "line": c.sentence.line, "sentence": c.sentence.text,
                    "state": c.state, "rules": list(c.rules), "open": list(c.open_clauses),
                }
                for c in found.sentences
            ]  # fmt: skip
            print_json({"counts": found.counts, "sentences": rows})
        else:
            from remit.cli.tables import show_coverage

            show_coverage(session, found)
        raise typer.Exit(OK if found.complete else BAD_PACK)


def route(
    context: typer.Context,
    role: Annotated[str, typer.Argument(help="A role, by id or name. 角色")],
    place: Annotated[str | None, typer.Option("--place", help="A place or a unit. 地点", show_default=False)] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", help="Take the place of this level around it. 层级", show_default=False),
    ] = None,
    enclosing: Annotated[
        bool, typer.Option("--enclosing", help="The nearest enclosing place will do. 可由上级范围")
    ] = False,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="D", help="On which day; left out: today. 日期", show_default=False),
    ] = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Which desk has a role at a place, and by which path. 找哪个单位。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.explain.text import text
        from remit.explain.words import Words
        from remit.expressions.situation import Situation
        from remit.model.event import Event
        from remit.model.explanation import Why
        from remit.model.rule import ByRole
        from remit.routing.route import route as find

        at = session.moment(on, "--on")
        where = None
        if place is not None:
            where = session.name(place, "place", "unit")
        selector = ByRole(session.name(role, "role"), place="event.place" if where else None, level=session.name(level, "level") if level is not None else None, enclosing=enclosing)  # fmt: skip
        event = Event("-", "-", at, at, place=where)
        found = find(selector, graph=session.pack.graph, day=at.date(), situation=Situation(event, {}, None, ()), triggered=where is not None)  # fmt: skip
        words = Words.of(session.pack)
        if as_json:
            print_json({"units": [p.id for p in found.parties if p.routed], "question": words.text(found.ask).as_json() if found.ask else None, "path": [words.why(w).as_json() for p in found.parties for w in p.path]})  # fmt: skip
        for party in () if as_json else found.parties:
            tree = Why("route", party.label, source=party.id, holds=party.routed, children=party.path)
            echo(text(words.why(tree), session.language))
        raise typer.Exit(OK if found.fact is None else NOT_FOUND)


def events(
    context: typer.Context,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="TYPE", help="One event type, by id or name. 事件类型", show_default=False),
    ] = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """What can be reported, and with which facts. 可以报告的事件。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        vocabulary = session.pack.vocabulary
        wanted = session.name(kind, "event") if kind is not None else None
        known = sorted(vocabulary.event_types.values(), key=lambda t: t.built_in)  # the pack's own come first
        types = [t for t in known if wanted in (None, t.id)]
        if as_json:
            print_json([
                {
                    "id": t.id, "label": t.label.as_json(), "about": t.about.as_json() if t.about else None, "built_in": t.built_in,
                    "attributes": [
                        {
                            "id": name, "label": a.label.as_json(), "type": a.kind.value, "of": a.of, "required": name in t.required,
                            "choices": [{"id": c.id, "label": c.label.as_json()} for c in a.choices],
                            "list": a.many, "min": a.minimum, "max": a.maximum,
                        }
                        for name in t.attributes for a in (vocabulary.attributes[name],)
                    ],
                }
                for t in types
            ])  # fmt: skip
            return
        from remit.cli.tables import show_events

        show_events(session, types, dict(vocabulary.attributes))


def doctor(context: typer.Context, pack: PackOption = None, as_json: Json = False, lang: Lang = None) -> None:
    """What this installation can do: matcher, time zones, calendars, pack. 本机状况。"""
    from remit.cli.health import health, shown
    from remit.errors import PackError

    with reporting(context, lang, as_json=as_json):
        try:
            session, problems, language = open_session(context, pack), None, "en"
        except PackError as broken:
            session, problems, language = None, broken.problems, spoken(context, broken)
        facts = health(session.pack if session else None)
        if as_json:
            print_json(facts | {"errors": [p.as_json() for p in problems or ()]})
        else:
            for name, value in facts.items():
                echo(f"{name:15} {shown(value)}".rstrip())
            tell(problems or (), language)
        raise typer.Exit(BAD_PACK if problems else OK)
