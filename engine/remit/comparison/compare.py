"""`compare`: two packs → what changed in meaning, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.analysis.norms import Norms
from remit.analysis.solver import library
from remit.comparison.changes import Change, in_order
from remit.comparison.pairing import Pairing
from remit.comparison.rules import Rules
from remit.comparison.scope import Scope
from remit.comparison.words import declared, documents, sources
from remit.model.rule import Rule
from remit.model.text import Text
from remit.pack.load import Pack

TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two packs, and which rule is which."""

    changes: tuple[Change, ...]
    pairing: Pairing


def compare(old: Pack, new: Pack, *, timeout: float = TIMEOUT) -> Comparison:
    """Everything that means something else in the new pack; nothing where only format, order, aliases or language differ.

    Raises:
        AnalysisError: RM840, Z3 is not installed.
    """
    library()
    pairing = Pairing.of(old, new)
    one, other = (Norms(pack, round(timeout * 1000)) for pack in (old, new))
    rules = Rules(one, other, Scope(one, other))
    return Comparison(tuple(sorted(found(old, new, pairing, rules), key=in_order)), pairing)


def found(old: Pack, new: Pack, pairing: Pairing, rules: Rules) -> Iterator[Change]:
    for policies in pairing.policies:
        yield from documents(*policies)
        yield from sources(*policies)
    for one, other in pairing.rules:
        if one is not None and other is not None:
            yield from rules.changes(one, other)
        elif one is not None:
            yield Change("removed", "rule", one.id, None, before=told(rules, one, new=False))
        elif other is not None:
            yield Change("added", "rule", other.id, None, after=told(rules, other, new=True))
    yield from declared(old, new)


def told(rules: Rules, rule: Rule, *, new: bool) -> Text:
    """What a rule demands, and where it stands."""
    said = rules.demand(rule, rules.new if new else rules.old)
    return Text(f"{rule.article_label} {said.zh}", f"{rule.article_label}: {said.en}")
