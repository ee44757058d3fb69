"""The commands about a pack's scenarios: do they hold, what would they say, what do they notice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remit.cli.options import Force, Json, Lang, PackArgument, PackOption
from remit.cli.scenarios import show, told
from remit.cli.session import BAD_PACK, OK, echo, open_session, print_json, reporting

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


def examine(
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
        if write and any(suggestion.lines for suggestion in found):
            echo(session.say("已写入，待人确认：确认后删去 # 标记", "written, for a person to confirm: then take the # mark away"))  # fmt: skip
