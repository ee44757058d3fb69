"""Planning's answers as JSON: stable order, ids with their labels beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from remit.explain.report import iso, last_day
from remit.explain.words import Words
from remit.model.obligation import Obligation
from remit.model.rule import Rule
from remit.pack.load import Pack
from remit.planning.delegation import Chain, Demand, Link, counts
from remit.planning.forecast import Collision, Forecast, UnitLoad
from remit.planning.lines import lines
from remit.planning.matrix import Gap, Matrix, Part
from remit.planning.rehearsal import DeskChange, DutyChange, Rehearsal

MEASURE = "duties a unit can bear; overloaded above the upper quartile by 1.5 interquartile ranges of the units of its level that bear any"


def unit_json(pack: Pack, unit: str, label: str | None = None) -> dict[str, object]:
    found = pack.vocabulary.units.get(unit)
    if found is None:
        return {"id": unit, "label": {"zh": label or unit, "en": label or unit}}
    return {"id": unit, "label": found.label.as_json(), "level": found.level, "place": found.place}


def rule_json(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.id, "policy": rule.policy, "article": rule.article_label, "article_id": rule.article,
        "modality": rule.modality.value, "action": rule.action, "quotes": [quote.text for quote in rule.quotes],
    }  # fmt: skip


def parts_json(parts: Mapping[Part, Iterable[str]]) -> dict[str, list[str]]:
    return {part.value: list(parts.get(part, ())) for part in Part}


def matrix_json(pack: Pack, found: Matrix) -> dict[str, object]:
    """`cells` are (article, unit) with the rules of each part; `to` is the counterparty, `with` who assists."""
    cells = [
        {
            "policy": policy, "article": label, "article_id": article, "unit": unit_json(pack, unit),
            "parts": parts_json(parts), "count": sum(map(len, parts.values())),
        }
        for policy, article, label in found.articles
        for unit, parts in found.cells.get((policy, article), {}).items()
    ]  # fmt: skip
    reported = [{"policy": p, "article_id": a, "parts": parts_json(parts)} for (p, a), parts in found.reported.items()]
    return {
        "pack": pack.vocabulary.pack_id,
        "on": found.day.isoformat(),
        "cells": cells,
        "whoever_reports": reported,
        "unborne": [gap_json(gap) for gap in found.unborne],
        "measure": MEASURE,
        "loads": [
            {"unit": unit_json(pack, load.unit), "duties": load.duties, "limit": load.limit, "overloaded": load.overloaded}
            for load in found.loads
        ],
        "overloaded": [load.unit for load in found.overloaded],
        "idle": list(found.idle),
    }  # fmt: skip


def gap_json(gap: Gap) -> dict[str, object]:
    return {**rule_json(gap.rule), "everywhere": gap.everywhere, "places": list(gap.places)}


# --- delegation ---------------------------------------------------------------------------------------


def delegation_json(pack: Pack, chains: Iterable[Chain]) -> dict[str, object]:
    """Each policy beside each document it implements. `known` is false where only the title is in the pack."""
    found = tuple(chains)
    return {
        "pack": pack.vocabulary.pack_id,
        "counts": dict(counts(found)),
        "chains": [
            {
                "policy": chain.policy.id,
                "superior": {
                    "id": chain.superior.id, "title": chain.title.as_json(), "number": chain.superior.number or None,
                    "issuer": chain.superior.issuer or None, "policy": chain.superior.policy,
                },
                "known": chain.known,
                "named_by": [rule.id for rule in chain.named_by],
                "demands": [link_json(link) for link in chain.links],
                "missing": [link.demand.id for link in chain.missing],
                "short": [link.demand.id for link in chain.short],
                "beyond": [rule_json(rule) for rule in chain.beyond],
            }
            for chain in found
        ],
    }  # fmt: skip


def link_json(link: Link) -> dict[str, object]:
    demand: Demand = link.demand
    return {
        "id": demand.id, "article": demand.article, "quotes": list(demand.quotes),
        "carried_by": [{**rule_json(c.rule), "shifts": [s.value for s in c.shifts]} for c in link.carried],
        "likely": [rule.id for rule in link.likely],
    }  # fmt: skip


# --- rehearsal ----------------------------------------------------------------------------------------


def rehearsal_json(pack: Pack, found: Rehearsal) -> dict[str, object]:
    """What moves, splits or is lost, and the lines to write."""
    born = {unit.id: unit.label.zh for unit in found.plan.units}
    return {
        "pack": pack.vocabulary.pack_id,
        "on": found.plan.on.isoformat(),
        "ceasing": [unit_json(pack, unit) for unit in found.plan.ceasing],
        "desks": [desk_json(pack, change, born) for change in found.desks],
        "duties": [duty_json(pack, change) for change in found.duties],
        "untouched": found.untouched,
        "quotes_naming": {unit: list(rules) for unit, rules in found.named.items()},
        "facts/units.yaml": lines(pack, found.plan),
    }


def desk_json(pack: Pack, change: DeskChange, born: Mapping[str, str]) -> dict[str, object]:
    return {
        **rule_json(change.rule), "part": change.part.value, "fate": change.fate.value, "unit": unit_json(pack, change.unit),
        "after": [unit_json(pack, unit, born.get(unit)) for unit in change.after], "unsettled": list(change.unsettled),
    }  # fmt: skip


def duty_json(pack: Pack, change: DutyChange) -> dict[str, object]:
    after = change.after
    return {
        **owed_json(pack, change.before), "fate": change.fate.value, "lost_parts": list(change.lost_parts),
        "after": {"id": after.id, "bearer": after.bearer.id, "status": after.status.value} if after else None,
    }  # fmt: skip


def owed_json(pack: Pack, owed: Obligation) -> dict[str, object]:
    return {
        "id": owed.id, "rule": owed.rule, "article": owed.article_label, "case": owed.case, "period": owed.period,
        "action_label": Words.of(pack).label(owed.action).as_json(), "bearer": unit_json(pack, owed.bearer.id),
        "status": owed.status.value, "due": iso(owed.deadline.due, pack, owed.bearer.place),
        "due_on": last_day(owed.deadline.due, pack, owed.bearer.place),
    }  # fmt: skip


# --- forecast -----------------------------------------------------------------------------------------


def forecast_json(pack: Pack, found: Forecast) -> dict[str, object]:
    """Weeks by their Mondays; of each unit the duties due in each."""
    return {
        "pack": pack.vocabulary.pack_id,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "replayed": {
            "since": found.since.isoformat() if found.since else None, "until": found.until.isoformat() if found.until else None,
            "cases": found.replayed, "left_out": found.left_out,
        },
        "weeks": [monday.isoformat() for monday in found.weeks],
        "by_week": list(found.by_week),
        "units": [load_json(pack, found, load) for load in found.units],
        "collisions": [collision_json(pack, clash) for clash in found.collisions],
        "unpublished": list(found.unpublished),
    }  # fmt: skip


def load_json(pack: Pack, found: Forecast, load: UnitLoad) -> dict[str, object]:
    return {
        "unit": unit_json(pack, load.unit), "total": load.total, "weeks": list(load.weeks), "undated": load.undated,
        "standing": load.standing, "peaks": [found.weeks[n].isoformat() for n in load.peaks],
    }  # fmt: skip


def collision_json(pack: Pack, clash: Collision) -> dict[str, object]:
    return {**owed_json(pack, clash.obligation), "last_day": clash.last.isoformat(), "clash": clash.clash.value, "reason": clash.reason}  # fmt: skip
