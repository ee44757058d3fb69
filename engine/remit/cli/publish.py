"""The commands that publish a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from remit.cli.options import Force, Lang, PackArgument
from remit.cli.session import echo, open_session, reporting

Languages = Literal["zh", "en", "both"]


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
) -> None:
    """The pack as a static site: the document with its rules, events, units, the year, search. 静态网站。"""
    spoken: Lang = None if lang == "both" else lang
    with reporting(context, spoken):
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
        echo(session.say(f"已写成 {pages} 页，请打开 {door}", f"{pages} pages written; open {door}"))
