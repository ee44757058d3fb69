"""What an analyst reads: each finding with its case or its proof, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from rich.markup import escape

from remit.analysis.findings import KINDS, Finding
from remit.cli.session import Session
from remit.cli.tables import console


def show_findings(session: Session, found: Sequence[Finding], files: Mapping[str, Path]) -> None:
    """By kind: the claim, where it stands, the case or the proof, and the words that accept it."""
    out, language = console(), session.language
    for kind, members in groupby(found, key=lambda f: f.kind):
        out.print(f"[bold]{escape(KINDS[kind].of(language))}[/bold]  [dim]{kind}[/dim]")
        for finding in members:
            sign, style = ("✓", "dim") if not finding.is_open else ("?", "yellow") if finding.undecided else ("✗", "red")  # fmt: skip
            out.print(f"  [{style}]{sign}[/] {escape(finding.claim.of(language))}", soft_wrap=True)
            out.print(f"    [dim]{escape(str(finding.origin))}[/dim]")
            for line in beneath(session, finding, files.get(finding.name)):
                out.print(f"    {line}", soft_wrap=True)
        out.print()


def beneath(session: Session, finding: Finding, file: Path | None) -> list[str]:
    """What a finding rests on, line by line."""
    lines = []
    if finding.undecided:
        reason = finding.undecided
        lines.append(f"[yellow]{session.say('未能断定', 'not found out')}: {escape(reason)}[/]")
    claims = [step for step in finding.proof if step != finding.claim]
    if claims:
        lines.append(f"{session.say('依据', 'because')}: {escape(claims[0].of(session.language))}")
        lines += [f"  · {escape(step.of(session.language))}" for step in claims[1:]]
    if finding.witness and file is not None:
        lines.append(f"{session.say('例案', 'case')}: {escape(str(file))}")
    elif finding.witness:
        lines.append(f"{session.say('例案', 'a case that shows it')}:")
        lines += [f"  [dim]{escape(line)}[/dim]" for line in finding.witness.yaml().splitlines()]
    if finding.accepted:
        by, since, reason = finding.accepted.by, finding.accepted.since, finding.accepted.reason
        lines.append(session.say(f"已认可（{by}，{since}）：{reason}", f"accepted by {by}, {since}: {reason}").replace("[", "\\["))  # fmt: skip
    return lines
