"""The commands that prove: what is wrong with a pack, and what a change of it means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.options import Force, Json, Key, Lang, Now, PackArgument
from remit.cli.session import BAD_PACK, OK, Session, echo, open_session, print_json, reporting

if TYPE_CHECKING:
    from remit.analysis.findings import Finding

Rules = Annotated[
    list[str] | None,
    typer.Option("--rule", metavar="R", help="Only about this rule (repeatable). 只看该规则", show_default=False),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="K", help="Only of this kind (repeatable). 只看该类", show_default=False),
]
Timeout = Annotated[
    float, typer.Option("--timeout", metavar="S", min=0.01, max=3600, help="Seconds for one question. 每问限时（秒）")
]
Witnesses = Annotated[
    Path | None,
    typer.Option(
        "--witnesses",
        metavar="DIR",
        help="Write the cases that show the findings here. 例案写入目录",
        show_default=False,
    ),
]


def analyse(
    context: typer.Context,
    pack: PackArgument = None,
    rule: Rules = None,
    kind: Kinds = None,
    timeout: Timeout = 10.0,
    witnesses: Witnesses = None,
    force: Force = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Conflicts, rules that never fire, cycles and the like, each with a case or a proof. 证明规则包的毛病。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.analysis.analyse import analyse as analyse_pack
        from remit.analysis.analyse import kind_named, rule_named
        from remit.analysis.case_files import write_cases

        rules = {rule_named(session.pack, name) for name in rule or ()}
        kinds = {kind_named(name) for name in kind or ()}
        found = [
            f
            for f in analyse_pack(session.pack, timeout=timeout)
            if (not rules or rules & set(f.rules)) and (not kinds or f.kind in kinds)
        ]
        files = write_cases(found, witnesses, force=force) if witnesses is not None else {}
        if as_json:
            print_json(
                {
                    "findings": [
                        f.as_json() | ({"case_file": str(files[f.name])} if f.name in files else {}) for f in found
                    ]
                }
            )
        else:
            show(session, found, files)
        raise typer.Exit(BAD_PACK if any(f.is_open for f in found) else OK)


def show(session: Session, found: list[Finding], files: dict[str, Path]) -> None:
    """The findings for people, and how many of them nobody has accepted."""
    from remit.cli.findings import show_findings

    show_findings(session, found, files)
    still = sum(f.is_open for f in found)
    echo(session.say(f"发现 {len(found)} 项，其中未处理 {still} 项", f"{len(found)} findings, {still} of them open"))


Side = Annotated[Path, typer.Argument(help="A pack's directory. 规则包目录", show_default=False)]
On = Annotated[
    list[str] | None,
    typer.Option("--on", metavar="LEDGER|CASES", help="A ledger, case files, or directories of them (repeatable). 台账或案件", show_default=False),
]  # fmt: skip
Page = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Also write a page. 写成网页", show_default=False)
]


def diff(
    context: typer.Context,
    old: Side,
    new: Side,
    on: On = None,
    now: Now = None,
    agenda: Annotated[bool, typer.Option("--all", help="Also recurring and standing duties. 含日常事项")] = False,
    key: Key = None,
    html: Page = None,
    force: Force = False,
    timeout: Timeout = 10.0,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """What changed between two packs in meaning, and what that does to cases on record. 两个规则包的差别。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.comparing import cases_on, page_to, two_packs

        session, before = two_packs(context, old, new)
        from remit.comparison.compare import compare
        from remit.comparison.impact import impact
        from remit.comparison.report import Report

        found = compare(before, session.pack, timeout=timeout)
        effect = None
        if on:
            cases, clock = cases_on(on, key, before, session.pack)
            moment = session.moment(now) if now is not None or clock is None else clock
            effect = impact(cases, before, session.pack, found.pairing, moment, agenda=agenda)
        report = Report(before, session.pack, found, effect, session.language)
        if html is not None:
            page_to(html, report, force=force)
        if as_json:
            print_json({"changes": [c.as_json() for c in found.changes], "impact": effect.as_json() if effect else None})  # fmt: skip
            return
        for line in report.lines():
            echo(line.removeprefix("*"))
