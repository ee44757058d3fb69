"""What another pack would have made of years of events: the old pack's answer is kept, and only rules that differ are run again.

years = Years(old, files, now)
years.against(new).impact       # any number of times; the first run is paid once
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from remit.columnar.replay import Replay
from remit.columnar.schema import obligations_of
from remit.columnar.what_if import Difference, Name, between, what_if
from remit.comparison.impact import EFFECTS, Effect, Impact, Names, differences
from remit.comparison.pairing import Pairing
from remit.errors import RemitError
from remit.model.obligation import Obligation
from remit.model.rule import Rule
from remit.pack.load import Pack
from remit.replay.columns import table_of
from remit.semantics.law import Law


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a new pack would change.

    Attributes:
        ran: the rules that were run again, by policy and id: those that differ, and what hangs on them.
        rules: of either pack, the new one's first.
    """

    pairing: Pairing
    ran: frozenset[Name]
    impact: Impact
    rules: Mapping[str, Rule]

    @property
    def by_rule(self) -> Mapping[str, Counter[str]]:
        """How many of each effect each rule has, the most first."""
        found: dict[str, Counter[str]] = {}
        for effect in self.impact.effects:
            found.setdefault(effect.rule, Counter())[effect.kind] += 1
        return dict(sorted(found.items(), key=lambda item: (-item[1].total(), item[0])))

    def as_json(self) -> dict[str, object]:
        rules = [
            {"rule": name, "article": self.rules[name].article, **{kind: counts[kind] for kind in EFFECTS}}
            for name, counts in self.by_rule.items()
        ]
        return {"ran": ["/".join(name) for name in sorted(self.ran)], "rules": rules, "impact": self.impact.as_json()}


class Years:
    """Events of files under one pack, against which others can be held."""

    def __init__(self, pack: Pack, files: Sequence[Path], now: datetime, *, threads: int | None = None) -> None:
        self._pack, self._files, self._now, self._threads = pack, files, now, threads
        self._replayed, self._refused = self._replay(pack)
        self._events = len(self._replayed.events)
        self._cases = pc.count_distinct(self._replayed.events["case"]).as_py()

    def _replay(self, pack: Pack) -> tuple[Replay, dict[str, RemitError | str]]:
        table, refused = table_of(pack, self._files)
        told: dict[str, RemitError | str] = {f"{Path(place.file).name}:{place.line}": wrong for place, wrong in refused}
        return Replay(Law.of(pack), table, self._now, threads=self._threads), told

    def against(self, new: Pack) -> WhatIf:
        """What would be otherwise under this pack."""
        old, refused = self._pack, dict(self._refused)
        if read_alike(old, new):
            found = what_if(self._replayed, Law.of(new))
        else:
            other, more = self._replay(new)
            found, refused = between(self._replayed, other), refused | more
        pairing = Pairing.of(old, new)
        effects = tuple(effects_of(found, old, new, Names.of(pairing)))
        impact = Impact(effects, self._cases, self._events, tuple(refused.items()), self._now)
        rules = {rule.id: rule for pack in (old, new) for policy in pack.policies for rule in policy.rules}
        return WhatIf(pairing, found.rules, impact, rules)


def read_alike(old: Pack, new: Pack) -> bool:
    """Whether both packs make the same of what is reported."""
    one, other = old.vocabulary, new.vocabulary
    return (
        one.event_types == other.event_types
        and one.attributes == other.attributes
        and one.actions.keys() == other.actions.keys()
        and one.places.keys() == other.places.keys()
        and one.units.keys() == other.units.keys()
        and old.calendar.zone == new.calendar.zone
    )


def effects_of(found: Difference, old: Pack, new: Pack, names: Names) -> Iterator[Effect]:
    """Case by case, as `remit diff` tells them."""
    sides = (by_case(old, found.vanish, found.before), by_case(new, found.appear, found.after))
    for case in sorted({*sides[0], *sides[1]}, key=lambda c: (c is not None, c or "")):
        yield from differences(case, sides[0].get(case, ()), sides[1].get(case, ()), names)


def by_case(pack: Pack, *tables: pa.Table) -> Mapping[str | None, list[Obligation]]:
    rules = {(rule.policy, rule.id): rule for policy in pack.policies for rule in policy.rules}
    found: dict[str | None, list[Obligation]] = {}
    for obligation in obligations_of(pa.concat_tables(tables), rules, pack.calendar.zone):
        found.setdefault(obligation.case, []).append(obligation)
    return found
