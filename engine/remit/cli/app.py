"""The commands put together, and what holds for all of them: version, language, failing, closed pipes."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from remit.cli.options import Lang
from remit.cli.session import FAULT, mute, print_json

EPILOG = "Exit codes 退出码: 0 ok · 1 the pack has errors · 2 usage · 3 an event or other input is refused · 4 not found · 5 our own fault, or output that cannot be written · 6 the ledger cannot be read or written"


def version(shown: bool) -> None:
    if shown:
        from remit import __version__

        typer.echo(f"remit {__version__}")
        raise typer.Exit


def common(
    context: typer.Context,
    lang: Lang = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that may stand before the command."""
    context.obj = lang


#: The commands in groups, as `--help` shows them, each with its module and function; the order is that of docs/cli.md.
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Cases and duties 案件与义务",
        (
            ("run", "cases.run"),
            ("why", "cases.why"),
            ("why-not", "cases.why_not"),
            ("agenda", "cases.agenda"),
            ("replay", "replaying.replay"),
            ("whatif", "what_if.whatif"),
            ("route", "packs.route"),
        ),
    ),
    (
        "Write a pack 编写规则包",
        (
            ("new", "authoring.new"),
            ("check", "packs.check"),
            ("coverage", "packs.coverage"),
            ("fmt", "authoring.fmt"),
            ("events", "packs.events"),
            ("schema", "authoring.schema"),
            ("lsp", "editor.lsp"),
        ),
    ),
    (
        "Test and prove 检验与证明",
        (
            ("test", "specification.examine"),
            ("suggest", "specification.suggest"),
            ("mutate", "mutation.mutate"),
            ("analyse", "analysis.analyse"),
            ("diff", "analysis.diff"),
        ),
    ),
    (
        "Plan and publish 统筹与发布",
        (
            ("matrix", "planning.matrix"),
            ("delegation", "planning.delegation"),
            ("rehearse", "planning.rehearse"),
            ("forecast", "planning.forecast"),
            ("site", "publishing.site"),
            ("export", "publishing.export"),
        ),
    ),
    (
        "The ledger 台账",
        (
            ("init", "ledger_events.init"),
            ("submit", "ledger_events.submit"),
            ("advance", "ledger_events.advance"),
            ("obligations", "ledger_views.obligations"),
            ("history", "ledger_views.history"),
            ("retract", "ledger_acts.retract"),
            ("amend", "ledger_acts.amend"),
            ("waive", "ledger_acts.waive"),
            ("suspend", "ledger_acts.suspend"),
            ("resume", "ledger_acts.resume"),
            ("transfer", "ledger_acts.transfer"),
            ("receipt", "ledger_acts.receipt"),
            ("dispute", "ledger_acts.dispute"),
            ("merge", "ledger_acts.merge"),
            ("split", "ledger_acts.split"),
        ),
    ),
    ("This installation 本机", (("doctor", "packs.doctor"),)),
)
LEDGER = GROUPS[-2][0]


def assembled(wanted: str | None = None) -> typer.Typer:
    """The program with all its commands; where one is wanted that there is, with that one alone, which starts sooner."""
    app = typer.Typer(
        help="Who must do what, for whom, by when, because of which sentence. 谁、何时、依据哪一句、必须做什么。",
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(common)
    found = [(group, name, place) for group, commands in GROUPS for name, place in commands]
    alone = [command for command in found if command[1] == wanted]
    for group, name, place in alone or found:
        module, function = place.split(".")
        app.command(name, rich_help_panel=group)(getattr(import_module(f"remit.cli.{module}"), function))
    if not alone:
        from remit.cli.ledger import ledger_app

        app.add_typer(ledger_app, name="ledger", rich_help_panel=LEDGER)
    return app


def run_app() -> None:
    """Run the commands; output is UTF-8 whatever the locale, and a closed or missing stdout is no error."""
    if sys.stdout is None:  # closed by the caller: `>&-`
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it stays open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        call(as_json="--json" in sys.argv)
    except OSError as failure:
        mute()
        typer.echo(f"remit: the output cannot be written: {failure.strerror}", err=True)
        raise SystemExit(FAULT) from None


def call(*, as_json: bool) -> None:
    """Run the command meant; where JSON is asked for, what is wrong with the call is JSON as any other error."""
    app = assembled(next((word for word in sys.argv[1:] if not word.startswith("-")), None))
    if not as_json:
        app(prog_name="remit")
    try:
        code = app(prog_name="remit", standalone_mode=False)
    except TyperException as wrong:
        from remit.errors import EventError

        refused = EventError("RM457", "usage", found=wrong.format_message(), expected="a call as `--help` shows it")
        print_json({"errors": [refused.as_json()], "warnings": []})
        raise SystemExit(wrong.exit_code) from None
    raise SystemExit(code)
