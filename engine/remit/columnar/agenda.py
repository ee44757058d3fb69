"""Of all that was told, the events of which the agenda hears: those that may bear on what recurs or stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime

from remit.columnar.law import ColumnarLaw
from remit.columnar.told import Told, naming, quoted
from remit.live.agenda import LiveAgenda, with_consequences
from remit.live.courses import course_of
from remit.live.program import LiveProgram
from remit.live.record import STEERING
from remit.live.rules import LiveRule
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
    by_them = f"({acts_for(after)}) OR ({acts_for(listing)} AND {by_bearers(told, law, listing, now)})"
    names = quoted({rule.rule.id for rule in listed})
    upon = f'type IN ({quoted(STEERING)}) AND ("d:obligation" IS NOT NULL OR "d:rule" IN ({names}))'
    restated = restated_in(told, {*kinds(after), *kinds(listing), *STEERING})
    numbers = f"SELECT number FROM meant WHERE {by_them} UNION ALL SELECT number FROM special WHERE {upon}"
    found = (f"number IN ({numbers})", '"case" IS NULL')
    return (*found, f'"case" IN ({quoted(restated)})') if restated else found


def meant_for(rules: Sequence[LiveRule]) -> str:
    """The acts that may perform or violate one of the rules, as far as type and action tell."""
    pairs = sorted({(kind, rule.rule.action or "") for rule in rules for kind in rule.heard})
    rows = [f"({quoted([kind])}, {quoted([action])}), ({quoted([kind])}, NULL)" for kind, action in pairs] or ["(NULL, NULL)"]
    return f"""
        SELECT number, type, reporter, "d:action", "d:rule" FROM told SEMI JOIN (VALUES {", ".join(rows)}) acts(kind, action)
        ON kind = type AND action IS NOT DISTINCT FROM "d:action"
    """


def acts_for(rules: Sequence[LiveRule]) -> str:
    """The acts that may be meant for one of the rules."""
    return naming(kinds(rules), rules)


def kinds(rules: Iterable[LiveRule]) -> set[str]:
    """The types of acts that perform or violate them."""
    return {kind for rule in rules for kind in rule.heard}


def by_bearers(told: Told, law: ColumnarLaw, rules: Sequence[LiveRule], now: datetime) -> str:
    """Acts by those that bear or perform the rules, or by units under them: nobody else's perform anything.

    Of everybody, where acts may also breach, or where another unit may have taken a duty over.
    """
    program, graph = law.live, law.law.graph
    if any(rule.breached_by for rule in rules) or TRANSFER in told.types or graph.reorganisations:
        return "TRUE"
    meant = {(rule.rule.policy, rule.rule.id) for rule in rules}
    owed = [o for o in law.evaluator().agenda((), now) if (o.policy, o.rule) in meant]
    units = {party.id for o in owed for party in (o.bearer, *o.performers)}
    acts = f"SELECT DISTINCT reporter FROM meant WHERE reporter IS NOT NULL AND {acts_for(rules)}"
    reporters = [name for (name,) in told.connection.execute(acts).fetchall()]
    return f"reporter IN ({quoted(name for name in reporters if is_ever_under(program, name, units))})"


def is_ever_under(program: LiveProgram, name: str, units: AbstractSet[str]) -> bool:
    """Whether on any day the unit is one of these or under one of them."""
    days = {date.min, *(day for day in graph_days(program.law.graph) if day is not None)}
    return name in units or any(program.timeline.is_under(name, unit, day) for unit in units for day in days)


def restated_in(told: Told, types: Iterable[str]) -> list[str]:
    """The cases in which an event of these types or another amendment was amended, or a report became one."""
    wanted = quoted(types)
    found = told.connection.execute(f"""
        SELECT DISTINCT unnest(["by", "case"]) FROM amended
        WHERE replaced IN ({wanted}) OR type IN ({wanted}, {quoted(AMENDMENTS)})
    """).fetchall()
    return [case for (case,) in found if case is not None]
