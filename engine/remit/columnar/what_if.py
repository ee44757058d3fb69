"""What another law would have made of the same events: only the rules that changed, and what hangs on them, are run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from remit.columnar.law import narrowed
from remit.columnar.replay import Replay
from remit.columnar.schema import OBLIGATIONS
from remit.columnar.told import counting
from remit.errors import Origin
from remit.live.rules import ranked
from remit.model.rule import Condition, Policy, Rule, accompanied
from remit.program.program import CompiledRule
from remit.semantics.law import Law

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two answers to the same events, as tables of obligations.

    `before` and `after` are, row for row, what is in both and not the same. `rules` are those that were run again.
    """

    rules: frozenset[Name]
    appear: pa.Table
    vanish: pa.Table
    before: pa.Table
    after: pa.Table

    def by_unit(self) -> Mapping[str, tuple[int, int, int]]:
        """For each unit, in order, how many of its duties appear, vanish, and change."""
        counts = [
            Counter(row["id"] for row in table["bearer"].to_pylist())
            for table in (self.appear, self.vanish, self.after)
        ]
        units = sorted({unit for count in counts for unit in count})
        return {unit: (counts[0][unit], counts[1][unit], counts[2][unit]) for unit in units}


def what_if(replayed: Replay, law: Law) -> Difference:
    """How the obligations would differ under `law`. The first call also works out what stands without it."""
    if same_world(replayed.law, law):
        old, new = texts(replayed.law), texts(law)
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        touched = hanging_on(changed, replayed.law) | hanging_on(changed, law)
    else:
        touched = {*texts(replayed.law), *texts(law)}
    part = narrowed(law, tuple(rule for rule in law.program.rules if named(rule) in touched))
    stood = rows_of(replayed.obligations, touched)
    return difference(frozenset(touched), stood, replayed.answer(part))


def between(one: Replay, other: Replay) -> Difference:
    """How two whole answers differ, of laws that may not even read the events alike."""
    ran = frozenset({*texts(one.law), *texts(other.law)})
    return difference(ran, one.obligations, other.obligations)


def same_world(one: Law, other: Law) -> bool:
    """Whether all that is not a rule is the same: units, readings, calendar, and the words."""
    same_words = one.attributes == other.attributes and one.readings == other.readings
    return same_words and one.graph == other.graph and one.calendar == other.calendar


def named(rule: CompiledRule) -> Name:
    return rule.rule.policy, rule.rule.id


def texts(law: Law) -> Mapping[Name, tuple[Rule, Policy]]:
    """Each rule with what its policy says of all of them, wherever they are written."""
    return {
        named(rule): (
            placeless(rule.rule),
            replace(rule.policy, rules=(), sentences=(), implements=(), origin=Origin()),
        )
        for rule in law.program.rules
    }


def placeless(rule: Rule) -> Rule:
    """The rule without the lines on which it stands."""

    def bare(part: Condition | None) -> Condition | None:
        return None if part is None else replace(part, origin=Origin())

    quotes = tuple(replace(quote, origin=Origin(), sentences=(), spans=()) for quote in rule.quotes)
    return replace(rule, origin=Origin(), quotes=quotes, condition=bare(rule.condition), exception=bare(rule.exception))


def hanging_on(changed: set[Name], law: Law) -> set[Name]:
    """The changed rules with all that these set off, aside or due, or that do so to them, step by step."""
    beside: dict[Name, set[Name]] = {}
    for one, other in relations(law):
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    found, reached = set(changed), list(changed)
    while reached:
        for other in beside.get(reached.pop(), set()) - found:
            found.add(other)
            reached.append(other)
    return found


def relations(law: Law) -> Iterator[tuple[Name, Name]]:
    """Pairs of rules of which one bears on what the other raises; rules of one name succeed each other in an agenda."""
    by_order = {rule.order: rule for rule in law.program.rules}
    for order, above in ranked(law).items():
        rule = by_order[order]
        names = (rule.rule.id, *rule.rule.then, *accompanied(rule.rule.timing))
        others = [other for name in names for other in law.program.by_id.get(name, ())]
        yield from ((named(rule), named(other)) for other in (*others, *(by_order[n] for n in above)))


def rows_of(owed: pa.Table, rules: set[Name]) -> pa.Table:
    """The obligations of some rules."""
    names = pc.binary_join_element_wise(owed["policy"], owed["rule"], "\0")
    return owed.filter(pc.is_in(names, pa.array(["\0".join(name) for name in rules], pa.string())))


def difference(ran: frozenset[Name], stood: pa.Table, stands: pa.Table) -> Difference:
    """By id: an obligation has the same one in both answers."""
    other = " OR ".join(f'o."{name}" IS DISTINCT FROM n."{name}"' for name in OBLIGATIONS.names)
    with duckdb.connect(config={"threads": 1}) as db:
        db.register("stood", numbered(stood))
        db.register("stands", numbered(stands))
        found = db.sql(f"""
            SELECT o.number AS old, n.number AS new FROM stood o FULL JOIN stands n ON n.id = o.id
            WHERE o.id IS NULL OR n.id IS NULL OR {other} ORDER BY o.number, n.number
        """).to_arrow_table()
    both = found.drop_null()
    appear, vanish = (found.filter(pc.is_null(found[side])) for side in ("old", "new"))
    return Difference(
        ran, stands.take(appear["new"]), stood.take(vanish["old"]), stood.take(both["old"]), stands.take(both["new"])
    )


def numbered(table: pa.Table) -> pa.Table:
    return table.append_column("number", counting(len(table)))
