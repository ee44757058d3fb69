"""The commands. Each opens a session, asks the library, and shows what it says."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.session import (
    FAULT,
    NOT_FOUND,
    Session,
    engine_with,
    open_session,
    print_json,
    reporting,
)

if TYPE_CHECKING:
    from remit.engine import Engine
    from remit.model.explanation import Why

EPILOG = "Exit codes: 0 ok · 1 the pack has errors · 2 usage · 3 an event is refused · 4 not found · 5 our own fault"
app = typer.Typer(
    help="Who must do what, for whom, by when, because of which sentence. 谁、何时、依据哪一句、必须做什么。",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PackArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[PACK]",
        help="A pack's directory; left out: this directory, else the shipped pack. 规则包目录",
        show_default=False,
    ),
]
PackOption = Annotated[Path | None, typer.Option("--pack", help="A pack's directory. 规则包目录", show_default=False)]
Cases = Annotated[
    list[Path] | None,
    typer.Option(
        "--case",
        help="Case file (repeatable); left out: the pack's examples. 案件文件",
        show_default=False,
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        help="At which moment, e.g. 2024-05-07T08:00; left out: this moment. 时刻",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[
    str | None,
    typer.Option("--lang", help="zh or en; left out: the pack's own. 语言", show_default=False),
]
Backend = Annotated[str, typer.Option("--backend", help="auto, durable or reference.")]


def version(shown: bool) -> None:
    if shown:
        from remit import __version__

        typer.echo(f"remit {__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    lang: Lang = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that may stand before the command."""
    if lang not in (None, "zh", "en"):
        raise typer.BadParameter(f"`{lang}` is neither zh nor en", param_hint="--lang")
    context.obj = lang


def opened(context: typer.Context, pack: Path | None, lang: str | None) -> Session:
    if lang not in (None, "zh", "en"):
        raise typer.BadParameter(f"`{lang}` is neither zh nor en", param_hint="--lang")
    return open_session(pack, lang or context.obj)


@app.command()
def run(
    context: typer.Context,
    pack: PackArgument = None,
    case: Cases = None,
    now: Now = None,
    as_json: Json = False,
    agenda: Annotated[
        bool,
        typer.Option("--all", help="Also the recurring and standing duties of every unit. 含日常事项"),
    ] = False,
    unit: Annotated[
        str | None,
        typer.Option("--unit", help="Only what this unit bears. 单位", show_default=False),
    ] = None,
    backend: Backend = "auto",
    lang: Lang = None,
) -> None:
    """The duties that the given cases raise at a time. 案件产生的全部义务。"""
    from dataclasses import replace

    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        at = session.moment(now)
        engine = engine_with(session, case or (), at, backend)
        answer = engine.answer(agenda=agenda)
        if unit is not None:
            name = session.name("unit", unit)
            answer = replace(answer, obligations=tuple(o for o in answer.obligations if o.bearer.id == name))
        if as_json:
            from remit.explain.report import report

            print_json(report(answer, session.pack, at))
            return
        from remit.cli.tables import show_answer

        show_answer(session, answer, engine.events, at)
        for incident in engine.incidents:
            typer.echo(f"{incident.backend}: {incident.what}", err=True)


@app.command()
def check(context: typer.Context, pack: PackArgument = None, as_json: Json = False, lang: Lang = None) -> None:
    """Every error in a pack, with its place and what was meant. 检查规则包。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        from remit.checks.check import check as check_pack

        found = check_pack(session.pack)
        if as_json:
            print_json(
                {
                    "errors": [e.as_json() for e in found.errors],
                    "warnings": [w.as_json() for w in found.warnings],
                }
            )
        else:
            for problem in found.errors:
                typer.echo(str(problem), err=True)
            for problem in found.warnings:
                typer.echo(f"{session.say('提醒', 'warning')}: {problem}", err=True)
            rules, units = len(session.pack.rules), len(session.pack.vocabulary.units)
            typer.echo(session.say(f"规则 {rules} 条，单位 {units} 个：错误 {len(found.errors)}，提醒 {len(found.warnings)}", f"{rules} rules, {units} units: {len(found.errors)} errors, {len(found.warnings)} warnings"))  # fmt: skip
        raise typer.Exit(1 if found.errors else 0)


@app.command()
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
    form: Annotated[str, typer.Option("--format", help="text, json or svg.")] = "text",
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """The proof of one obligation: event, condition, sentence, route, deadline. 为什么。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        engine = engine_with(session, case or (), session.moment(now))
        show(session, engine.why(meant(engine, obligation)), "json" if as_json else form)


def meant(engine: Engine, written: str) -> str:
    """The id of an obligation; the id of a rule stands for its obligation where it raised just one."""
    of_rule = [o.id for o in engine.answer(agenda=False).obligations if o.rule == written]
    return of_rule[0] if len(of_rule) == 1 else written


@app.command("why-not")
def why_not(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="The id of a rule. 规则编号")],
    case: Cases = None,
    now: Now = None,
    form: Annotated[str, typer.Option("--format", help="text, json or svg.")] = "text",
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Why a rule raised nothing, and what would change that. 为什么没有。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        engine = engine_with(session, case or (), session.moment(now))
        for name in dict.fromkeys(e.case for e in engine.events if e.case is not None):
            show(session, engine.why_not(rule, name), "json" if as_json else form)


def show(session: Session, tree: Why, form: str) -> None:
    """An explanation in one of its three forms."""
    from remit.explain.picture import svg
    from remit.explain.text import text

    match form:
        case "text":
            typer.echo(text(tree, session.language))
        case "json":
            print_json(tree.as_json())
        case "svg":
            typer.echo(svg(tree, session.language), nl=False)
        case _:
            raise typer.BadParameter(f"`{form}` is none of text, json, svg", param_hint="--format")


@app.command()
def agenda(
    context: typer.Context,
    unit: Annotated[
        str | None, typer.Option("--unit", help="One unit, by id or name. 单位", show_default=False)
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="D",
            help="First day; left out: 1 January of this year.",
            show_default=False,
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="D",
            help="Last day; left out: 31 December of that year.",
            show_default=False,
        ),
    ] = None,
    case: Cases = None,
    now: Now = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Recurring and standing duties of a unit. 单位的日常事项。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        at = session.moment(now)
        first = day_of(start) if start else date(at.year, 1, 1)
        last = day_of(end) if end else date(first.year, 12, 31)
        name = session.name("unit", unit) if unit is not None else None
        engine = engine_with(session, case or (), at)
        owed = engine.agenda(
            name,
            session.midnight(first),
            session.midnight(last + timedelta(days=1)) - timedelta(seconds=1),
        )
        if as_json:
            from remit.explain.report import report
            from remit.model.obligation import Answer

            print_json(report(Answer(owed), session.pack, at, with_why=False))
            return
        from remit.cli.tables import show_agenda

        show_agenda(session, owed, name)


def day_of(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(f"`{written}` is not a day such as 2024-12-15") from None


@app.command()
def coverage(context: typer.Context, pack: PackArgument = None, as_json: Json = False, lang: Lang = None) -> None:
    """Each sentence of the source: formalised, declared non-normative, or open. 每句原文的着落。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
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
        raise typer.Exit(0 if found.complete else 1)


@app.command()
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
        typer.Option("--on", metavar="D", help="On which day; left out: today.", show_default=False),
    ] = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Which desk has a role at a place, and by which path. 找哪个单位。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        from remit.explain.text import text
        from remit.explain.words import Words
        from remit.expressions.situation import Situation
        from remit.model.event import Event
        from remit.model.explanation import Why
        from remit.model.rule import ByRole
        from remit.routing.route import route as find

        at = session.moment(on)
        where = None
        if place is not None:
            where = session.pack.find("place", place) or session.name("unit", place)
        selector = ByRole(session.name("role", role), place="event.place" if where else None, level=session.name("level", level) if level else None, enclosing=enclosing)  # fmt: skip
        event = Event("-", "-", at, at, place=where)
        found = find(selector, graph=session.pack.graph, day=at.date(), situation=Situation(event, {}, None, ()), triggered=where is not None)  # fmt: skip
        words = Words.of(session.pack)
        if as_json:
            print_json({"units": [p.id for p in found.parties if p.routed], "question": words.text(found.ask).as_json() if found.ask else None, "path": [words.why(w).as_json() for p in found.parties for w in p.path]})  # fmt: skip
        else:
            for party in found.parties:
                typer.echo(
                    text(
                        words.why(
                            Why(
                                "route",
                                party.label,
                                source=party.id,
                                holds=party.routed,
                                children=party.path,
                            )
                        ),
                        session.language,
                    )
                )
        raise typer.Exit(0 if found.fact is None else NOT_FOUND)


@app.command()
def events(
    context: typer.Context,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[TYPE]", help="One event type, by id or name. 事件类型", show_default=False),
    ] = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """What can be reported, and with which facts. 可以报告的事件。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        vocabulary = session.pack.vocabulary
        wanted = session.name("event", kind) if kind else None
        types = [t for t in vocabulary.event_types.values() if wanted in (None, t.id)]
        if as_json:
            print_json([
                {
                    "id": t.id, "label": t.label.as_json(), "about": t.about.as_json() if t.about else None, "built_in": t.built_in,
                    "attributes": [
                        {
                            "id": name, "label": a.label.as_json(), "type": a.kind.value, "of": a.of, "required": name in t.required,
                            "choices": [{"id": c.id, "label": c.label.as_json()} for c in a.choices],
                        }
                        for name in t.attributes for a in (vocabulary.attributes[name],)
                    ],
                }
                for t in types
            ])  # fmt: skip
            return
        from remit.cli.tables import show_events

        show_events(session, types, dict(vocabulary.attributes))


@app.command()
def doctor(context: typer.Context, pack: PackOption = None, as_json: Json = False, lang: Lang = None) -> None:
    """What this installation can do: matcher, calendars, pack. 本机状况。"""
    with reporting(as_json=as_json):
        session = opened(context, pack, lang)
        import platform

        from remit import Engine, __version__

        engine = Engine(session.pack)
        facts = {
            "remit": __version__,
            "python": platform.python_version(),
            "backend": engine.backend_name,
            "backend_reason": engine.backend_reason,
            "pack": str(session.pack.root),
            "policies": [p.id for p in session.pack.policies],
            "zone": session.pack.vocabulary.zone,
            "calendar_years": sorted(session.pack.calendar.years),
        }
        if as_json:
            print_json(facts)
        else:
            for name, value in facts.items():
                typer.echo(f"{name:15} {', '.join(map(str, value)) if isinstance(value, list) else value}")


def run_app() -> None:
    """Run the commands; stdout is UTF-8 whatever the locale, a closed pipe is no error, and a fault of ours says so."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="remit")
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except Exception as fault:
        import os

        if os.environ.get("REMIT_DEBUG"):
            raise
        typer.echo(
            f"RM900 internal-fault: {type(fault).__name__}: {fault}; set REMIT_DEBUG=1 to see where",
            err=True,
        )
        raise SystemExit(FAULT) from fault
