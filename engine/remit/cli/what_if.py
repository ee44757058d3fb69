"""`remit whatif`: what another version of the rules would have made of years of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.options import Json, Lang, Now
from remit.cli.session import Session, echo, print_json, reporting
from remit.model.text import many

if TYPE_CHECKING:
    from remit.comparison.what_if import WhatIf, Years
    from remit.pack.load import Pack

#: As many rules as a terminal is told of.
SHOWN = 20
#: As many records that cannot be read.
REFUSED = 5

Side = Annotated[Path, typer.Argument(help="A pack's directory. 规则包目录", show_default=False)]


def whatif(
    context: typer.Context,
    old: Side,
    new: Side,
    events: Annotated[
        list[Path] | None,
        typer.Option("--events", metavar="FILE", help="JSON Lines, case files, Parquet or Arrow (repeatable). 事件文件", show_default=False),
    ] = None,
    now: Now = None,
    watch: Annotated[bool, typer.Option("--watch", help="Again after each change of NEW, until Ctrl-C. 改动后自动重算")] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:  # fmt: skip
    """What other rules would have made of years of events: only what differs is worked out again. 改了规则会怎样。"""
    with reporting(context, lang, as_json=as_json):
        if not events:
            raise typer.BadParameter("say which events are to be replayed", param_hint="--events")
        from remit.cli.comparing import two_packs
        from remit.cli.replaying import require_library

        session, before = two_packs(context, old, new)
        require_library()
        from remit.comparison.what_if import Years

        years = Years(before, events, session.moment(now))
        tell(session, before, years.against(session.pack), as_json=as_json)
        if watch:
            keep_telling(session, before, new, years, as_json=as_json)


def keep_telling(session: Session, before: Pack, new: Path, years: Years, *, as_json: bool) -> None:
    """Again after each change; a pack with errors is waited for."""
    from remit.cli.comparing import loaded
    from remit.errors import PackError
    from remit.specification.watch import changes

    for _ in changes(new):
        try:
            after = loaded(new)
        except PackError:
            echo(
                session.say("规则包有错误；改正后自动重算", "the pack has errors; it is run again once they are mended")
            )
            continue
        tell(Session(session.language, after), before, years.against(after), as_json=as_json)


def tell(session: Session, before: Pack, found: WhatIf, *, as_json: bool) -> None:
    if as_json:
        print_json(found.as_json())
        return
    for line in lines(session, before, found):
        echo(line)


def lines(session: Session, before: Pack, found: WhatIf) -> Iterator[str]:
    """What was run again, and what came of it: by article, by unit, and one by one."""
    from remit.comparison.compare import Comparison
    from remit.comparison.impact import EFFECTS
    from remit.comparison.report import Report

    language = session.language
    yield session.say(f"重新计算的规则：{len(found.ran)} 条", f"rules run again: {len(found.ran)}")
    for name, counts in list(found.by_rule.items())[:SHOWN]:
        told = ", ".join(f"{label.of(language)} {counts[kind]}" for kind, label in EFFECTS.items() if counts[kind])
        yield f"  {found.rules[name].article_label}  {name}  {told}"
    shown = replace(found.impact, refused=found.impact.refused[:REFUSED])
    yield from Report(before, session.pack, Comparison((), found.pairing), shown, language).effects(shown)
    rest = len(found.impact.refused) - len(shown.refused)
    if rest:
        yield session.say(
            f"  ! 另有 {rest} 条记录不能读取，见 --json",
            f"  ! and {many(rest, 'more record')} that cannot be read: see --json",
        )
