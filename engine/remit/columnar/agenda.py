"""Of all that was told, the events of which the agenda hears: those that may bear on what recurs or stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime

from remit.columnar.law import ColumnarLaw
from remit.columnar.told import IN_TIME, Told, local_day, naming, quoted
from remit.live.agenda import LiveAgenda, with_consequences
from remit.live.courses import course_of
from remit.live.record import STEERING
from remit.live.rules import LiveRule
from remit.live.timeline import Timeline
from remit.matching.history import AMENDMENTS
from remit.model.event import TRANSFER
from remit.semantics.wakes import graph_days


def heard(told: Told, law: ColumnarLaw, now: datetime) -> tuple[str, ...]:
    """The acts upon its duties, and the cases in which such acts were amended, as conditions upon `told`."""
    program = law.live
    if LiveAgenda(program).volatile:
        return ("TRUE",)
    listed = with_consequences(program, [rule for rule in program.rules if course_of(program, rule)]).values()
    set_off = {name for rule in listed for name in rule.rule.then}
    after = [rule for rule in listed if rule.rule.id in set_off]
    # Nothing that is done performs or ends a norm that stands to be kept up, or breaches it in the agenda.
    listing = [rule for rule in listed if rule.rule.id not in set_off and not (rule.breach and rule.maintained)]
    told.connection.execute(f"CREATE OR REPLACE TEMP TABLE meant AS {meant_for([*after, *listing])}")
    restated = restated_in(told, {*kinds(after), *kinds(listing), *STEERING})
    names = quoted({rule.rule.id for rule in listed})
    upon = f'type IN ({quoted(STEERING)}) AND ("d:obligation" IS NOT NULL OR "d:rule" IN ({names}))'
    numbers = (
        f"SELECT number FROM meant WHERE {acts_for(after)}",
        performing(told, law, listing, now, restated),
        f"SELECT number FROM special WHERE {upon}",
    )
    return (f"number IN ({' UNION ALL '.join(numbers)})", '"case" IS NULL', f'"case" IN ({quoted(restated)})')


def meant_for(rules: Sequence[LiveRule]) -> str:
    """The acts that may perform or violate one of the rules, as far as type and action tell."""
    pairs = sorted({(kind, rule.rule.action or "") for rule in rules for kind in rule.heard})
    rows = [f"({quoted([kind])}, {quoted([action])}), ({quoted([kind])}, NULL)" for kind, action in pairs]
    return f"""
        SELECT number, type, "case", reporter, happened, learned, id, "d:action", "d:rule", "d:period"
        FROM told SEMI JOIN (VALUES {", ".join(rows or ["(NULL, NULL)"])}) acts(kind, action)
        ON kind = type AND action IS NOT DISTINCT FROM "d:action"
    """


def acts_for(rules: Sequence[LiveRule]) -> str:
    """The acts that may be meant for one of the rules."""
    return naming(kinds(rules), rules)


def kinds(rules: Iterable[LiveRule]) -> set[str]:
    """The types of acts that perform or violate them."""
    return {kind for rule in rules for kind in rule.heard}


def performing(told: Told, law: ColumnarLaw, rules: Sequence[LiveRule], now: datetime, restated: Sequence[str]) -> str:
    """The acts that may perform or violate these rules.

    Where they can do nothing but perform, those of bearers and performers, or of units under them, suffice; and of those that
    one unit did between two days on which periods or units change, the first. Acts of cases in which any was amended, and of
    no case, are told anyway, and stand for no others.
    """
    acts = f"SELECT number FROM meant WHERE {acts_for(rules)}"
    if not only_perform(told, law, rules):
        return acts
    meant = {(rule.rule.policy, rule.rule.id) for rule in rules}
    owed = [o for o in law.evaluator().agenda((), now) if (o.policy, o.rule) in meant]
    units = {party.id for o in owed for party in (o.bearer, *o.performers)}
    asked = "SELECT DISTINCT reporter FROM meant WHERE reporter IS NOT NULL"
    reporters = [name for (name,) in told.connection.execute(asked).fetchall()]
    moves = {day for day in graph_days(law.law.graph) if day is not None}
    theirs = quoted(n for n in reporters if is_ever_under(law.live.timeline, n, units, {date.min, *moves}))
    day = local_day(law.law.calendar.zone, "happened")
    changes = sorted(moves.union(*((rule.first, rule.last) for rule in rules)))
    stretches = [f"{day} {sign} DATE '{change}'" for change in changes for sign in ("<", "<=")]
    return f"""
        SELECT arg_min(number, {IN_TIME}) FROM meant
        WHERE {acts_for(rules)} AND reporter IN ({theirs}) AND "case" IS NOT NULL AND coalesce("case" NOT IN ({quoted(restated)}), TRUE)
        GROUP BY {", ".join(["type", "reporter", '"d:action"', '"d:rule"', '"d:period"', f"date_trunc('month', {day})", *stretches])}
    """


def only_perform(told: Told, law: ColumnarLaw, rules: Sequence[LiveRule]) -> bool:
    """Whether an act upon these rules is one of their bearers' or nothing, and all such acts of one unit are alike."""
    plain = all(act.where is None for rule in rules for act in rule.discharges) and not any(
        rule.breaches for rule in rules
    )
    steady = not law.law.graph.reorganisations and not law.law.calendar.local
    return plain and steady and TRANSFER not in told.types


def is_ever_under(timeline: Timeline, name: str, units: AbstractSet[str], days: AbstractSet[date]) -> bool:
    """Whether on one of these days the unit is one of those or under one of them."""
    return name in units or any(timeline.is_under(name, unit, day) for unit in units for day in days)


def restated_in(told: Told, types: Iterable[str]) -> list[str]:
    """The cases in which an event of these types or another amendment was amended, or a report became one."""
    wanted = quoted(types)
    found = told.connection.execute(f"""
        SELECT DISTINCT unnest(["by", "case"]) FROM amended
        WHERE replaced IN ({wanted}) OR type IN ({wanted}, {quoted(AMENDMENTS)})
    """).fetchall()
    return [case for (case,) in found if case is not None]
