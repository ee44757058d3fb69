"""`analyse`: everything that can be found out about a pack, in one order, with what its authors accept in writing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from remit.analysis.acts import Acts
from remit.analysis.conditions import Conditions
from remit.analysis.findings import KINDS, Finding
from remit.analysis.limits import Limits
from remit.analysis.norms import Norms
from remit.analysis.pairs import Pairs
from remit.analysis.solver import library
from remit.analysis.witness import Witnesses
from remit.errors import AnalysisError, EventError, nearest
from remit.model.text import Text
from remit.pack.acceptances import Acceptance, read_acceptances
from remit.pack.load import Pack

#: How many seconds one question may take, if nobody says.
TIMEOUT = 10.0


def analyse(pack: Pack, *, timeout: float = TIMEOUT) -> tuple[Finding, ...]:
    """Every finding, by kind and place, each with its witness or proof, or with why it was not found out.

    Args:
        pack: without errors.
        timeout: seconds that one question to the solver may take.

    Raises:
        AnalysisError: RM840, Z3 is not installed.
        PackError: `facts/accepted.yaml` has errors.
    """
    library()
    norms = Norms(pack, round(timeout * 1000))
    witnesses = Witnesses(norms)
    rooms = (Pairs(norms, witnesses), Conditions(norms), Acts(norms, witnesses), Limits(norms, witnesses))
    found = [finding for room in rooms for finding in room.findings()]
    accepted = read_acceptances(pack.root, spellings(), pack.rules, pack.language)
    return tuple(sorted([*judged(found, accepted), *stale(found, accepted)], key=in_order))


def spellings() -> dict[str, str]:
    """The kinds by every name: their id, and what they are called in both languages."""
    return {name: kind for kind, label in KINDS.items() for name in (kind, label.zh, label.en)}


def in_order(finding: Finding) -> tuple[int, object, tuple[str, ...], str]:
    return (list(KINDS).index(finding.kind), finding.origin, finding.rules, finding.about or "")


def judged(found: Iterable[Finding], accepted: Collection[Acceptance]) -> Iterator[Finding]:
    """The findings, with the words in which each is accepted."""
    for finding in found:
        words = next((a for a in accepted if a.covers(finding.kind, finding.rules, finding.about)), None)
        yield replace(finding, accepted=words)


def stale(found: Collection[Finding], accepted: Iterable[Acceptance]) -> Iterator[Finding]:
    """What is accepted and not there any more."""
    for words in accepted:
        if any(words.covers(f.kind, f.rules, f.about) for f in found):
            continue
        kind, named = KINDS[words.kind], "、".join(words.rules) or words.about or ""
        claim = Text(f"认可的“{kind.zh}”（{named}）已不存在，应删去", f"the accepted finding `{kind.en}` ({named}) is not there any more; take it out")  # fmt: skip
        yield Finding("stale-acceptance", words.rules, claim, words.about, words.origin, proof=(claim,))


def kind_named(written: str) -> str:
    """The kind of that name.

    Raises:
        AnalysisError: RM841, there is none.
    """
    known = spellings()
    if written not in known:
        raise AnalysisError("RM841", "unknown-finding", found=written, expected="a kind of finding", suggestion=nearest(written, known))  # fmt: skip
    return known[written]


def rule_named(pack: Pack, written: str) -> str:
    """The rule of that id.

    Raises:
        EventError: RM454, the pack has none.
    """
    if written not in pack.rules:
        raise EventError("RM454", "unknown-rule", found=written, expected="a rule of the pack", suggestion=nearest(written, pack.rules))  # fmt: skip
    return written
