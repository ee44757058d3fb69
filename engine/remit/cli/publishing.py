"""The commands that publish: documents for an office, and a pack as pages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from remit.cli.options import Cases, Force, Json, Key, Lang, Now, PackArgument, PackOption, Unit
from remit.cli.session import Session, echo, open_session, print_bytes, print_json, reporting, voice
from remit.cli.sources import FromLedger, at_work

if TYPE_CHECKING:
    from datetime import datetime

    from remit.engine import Engine
    from remit.publishing.documents_kinds import Desk

Kind = Literal["checklist", "tasks", "matrix", "self-assessment", "supervision", "calendar"]
Written = Literal["docx", "xlsx", "md", "ics"]
Languages = Literal["zh", "en", "both"]


def export(
    context: typer.Context,
    kind: Annotated[
        Kind | None,
        typer.Argument(help="checklist 责任清单, tasks 任务分解表, matrix 责任矩阵, self-assessment 自评报告, supervision 督办单, calendar 履职日历", show_default=False),
    ] = None,
    unit: Unit = None,
    form: Annotated[Written | None, typer.Option("--format", help="docx, xlsx, md or ics; left out: by the file's name. 形式", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; - is stdout; left out: a file named by its title. 输出文件", show_default=False)] = None,
    each: Annotated[Path | None, typer.Option("--each", metavar="DIR", help="A file for each unit concerned, in this directory. 每个单位一份", show_default=False)] = None,
    template: Annotated[Path | None, typer.Option("--template", metavar="FILE", help="The office's own .docx, .xlsx, or Jinja text. 模板", show_default=False)] = None,
    duty: Annotated[str | None, typer.Option("--duty", metavar="RULE", help="The recurring rule that asks for the self-assessment. 要求自评的规则", show_default=False)] = None,
    supervisor: Annotated[str | None, typer.Option("--by", metavar="UNIT", help="Who supervises. 督办单位", show_default=False)] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="D", help="First day; left out: 1 January. 自", show_default=False)] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help="Last day; left out: 31 December. 至", show_default=False)] = None,
    case: Cases = None,
    ledger: FromLedger = None,
    key: Key = None,
    now: Now = None,
    fields: Annotated[bool, typer.Option("--fields", help="List what a template can ask for. 列出模板可用的字段")] = False,
    force: Force = False,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:  # fmt: skip
    """Write a document for an office: Word, Excel, Markdown, iCalendar. 输出办公文书。"""
    with reporting(context, lang, as_json=as_json):
        from remit.publishing.export import OF_A_UNIT, Order, fields_of, format_of

        if fields:
            told = fields_of(voice(context).language)
            if as_json:
                print_json(told)
            for field in () if as_json else told:
                echo(f"{field['field']:24} {field['means']}")
            return
        if kind is None:
            raise typer.BadParameter("say which document", param_hint="KIND")
        if each is not None and (unit is not None or out is not None):
            raise typer.BadParameter("a file for each unit goes without --unit and --out", param_hint="--each")
        if kind in OF_A_UNIT and unit is None and each is None:
            raise typer.BadParameter(f"{kind} is of one unit", param_hint="--unit")
        if duty is not None and kind != "self-assessment":
            raise typer.BadParameter("only a self-assessment asks for a rule", param_hint="--duty")
        with at_work(context, pack, case, ledger, key, now) as (session, engine, at):
            written_as = format_of(kind, form, out, template)
            name = session.name(unit, "unit") if unit is not None else None
            span = session.span(start, end, at.year)
            desk = desk_of(session, engine, at, kind, span, None if each else name)
            order = Order(kind, written_as, template, duty, session.name(supervisor, "unit") if supervisor is not None else None, force)  # fmt: skip
            if each is not None:
                files = order.each(desk, each)
            elif str(out) == "-":
                print_bytes(order.bytes(desk, name)[1])
                return
            else:
                files = [order.one(desk, name, out)]
            if as_json:
                print_json({"kind": kind, "format": written_as, "files": [str(file) for file in files]})
            for file in () if as_json else files:
                echo(session.say(f"已写入 {file}", f"written: {file}"))


def desk_of(session: Session, engine: Engine, at: datetime, kind: str, span: tuple[date, date], unit: str | None) -> Desk:  # fmt: skip
    """What the documents are made from; the duties only where they are needed."""
    from remit.publishing.documents_duties import duties
    from remit.publishing.documents_kinds import Desk
    from remit.publishing.documents_words import Phrases
    from remit.publishing.export import OF_DUTIES

    phrases = Phrases(session.pack, session.language)
    if kind not in OF_DUTIES:
        return Desk(phrases, at, *span)
    horizon = session.midnight(span[1] + timedelta(days=1)) - timedelta(seconds=1)
    owed = duties(engine, at, horizon, unit)
    return Desk(phrases, at, *span, owed, {event.id: event for event in engine.events})


def site(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Write here. 输出目录", show_default=False)],
    pack: PackArgument = None,
    results: Annotated[
        Path | None,
        typer.Option(
            "--results", metavar="FILE", help="What `remit test --json` printed. 场景结果", show_default=False
        ),
    ] = None,
    lang: Annotated[Languages, typer.Option("--lang", help="zh, en or both. 语言")] = "both",
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="D", help="As of which day; left out: today. 日期", show_default=False),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """The pack as a static site: the document with its rules, events, units, the year, search. 静态网站。"""
    spoken: Lang = None if lang == "both" else lang
    with reporting(context, spoken, as_json=as_json):
        session = open_session(context, pack)
        from remit.publishing.site.build import build
        from remit.publishing.site.results import read_results
        from remit.publishing.site.scenarios import read_features, strays
        from remit.publishing.site.write import claim, write

        claim(out, force=force)
        told = read_results(results) if results is not None else ()
        features = read_features(session.pack, told)
        if lost := strays(features, told):
            first = f"{lost[0].file}: {lost[0].name}"
            typer.echo(session.say(f"提醒：{len(lost)} 个结果所属的场景不在本规则包（如 {first}）", f"warning: {len(lost)} results are of scenarios this pack has not got (such as {first})"), err=True)  # fmt: skip
        own = "zh" if session.pack.language == "zh" else "en"
        languages = (own, "en" if own == "zh" else "zh") if lang == "both" else (lang,)
        files = build(session.pack, day=session.moment(on, "--on").date(), languages=languages, features=features)
        pages = sum(name.endswith(".html") for name in write(files, out, force=force))
        door = out / "index.html"
        if as_json:
            print_json({"pages": pages, "file": str(door)})
            return
        echo(session.say(f"已写成 {pages} 页，请打开 {door}", f"{pages} pages written; open {door}"))
