"""Answers as JSON: the one shape of `remit run --json` (DESIGN §7). Order is stable; the same answer gives the same bytes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from remit.explain.why import why
from remit.explain.words import Words
from remit.model.obligation import Answer, Conflict, Obligation, Party, Question
from remit.model.terms import Basis
from remit.pack.load import Pack


def report(answer: Answer, pack: Pack, now: datetime, *, with_why: bool = True) -> dict[str, object]:
    """The whole answer: `pack, policies, now, obligations, conflicts, unrouted, questions`.

    `with_why=False` leaves the proof of each obligation out. Times are ISO 8601, of a duty in the zone of its
    bearer's place, else in the pack's.
    """
    words = Words.of(pack)
    return {
        "pack": pack.vocabulary.pack_id,
        "policies": [
            {
                "id": p.id,
                "title": p.title.as_json(),
                "number": p.number,
                "effective_on": p.effective_on.isoformat(),
            }
            for p in pack.policies
        ],
        "now": iso(now, pack),
        "obligations": [obligation_json(o, pack, words, with_why=with_why) for o in answer.obligations],
        "conflicts": [conflict_json(c) for c in answer.conflicts],
        "unrouted": [o.id for o in answer.unrouted],
        "questions": [question_json(q, words) for q in answer.questions],
    }


def obligation_json(
    obligation: Obligation, pack: Pack, words: Words | None = None, *, with_why: bool = True
) -> dict[str, object]:
    """One obligation: the keys of the contract first, then what else is known of it."""
    found, due, here = obligation, obligation.deadline, obligation.bearer.place
    named = words or Words.of(pack)
    rule = pack.rule(found.policy, found.rule)
    inferred = dict(found.inferred)
    bearer_basis = Basis.INFERRED if "bearer" in inferred else Basis.STATED
    reading = pack.vocabulary.readings.get(due.reading) if due.reading else None
    node: dict[str, object] = {
        "id": found.id,
        "rule": found.rule,
        "policy": found.policy,
        "article": found.article_label,
        "quote": " … ".join(found.quotes),
        "modality": found.modality.value,
        "action": found.action,
        "action_label": named.label(found.action).as_json(),
        "bearer": party_json(found.bearer, pack, bearer_basis),
        "to": [party_json(p, pack, Basis.INFERRED if "to" in inferred else Basis.STATED) for p in found.to],
        "with": [party_json(p, pack, Basis.INFERRED if "with" in inferred else Basis.STATED) for p in found.cooperating],
        "case": found.case,
        "subject": found.subject,
        "period": found.period,
        "status": found.status.value,
        "triggered_by": list(found.triggered_by),
        "opens": iso(due.opens, pack, here),
        "due": iso(due.due, pack, here),
        "latest": iso(due.latest, pack, here),
        "reading": {
            "id": reading.id, "label": reading.label.as_json(), "means": reading.means.as_json(), "status": reading.status,
        } if reading else None,
    }  # fmt: skip
    if with_why:
        node["why"] = why(found, pack).as_json()
    return node | {
        "label": rule.label.as_json() if rule and rule.label else None,
        "article_id": found.article,
        "quotes": list(found.quotes),
        "nature": found.nature.value,
        "kind": found.kind.value,
        "performers": [
            party_json(p, pack, Basis.INFERRED if "performer" in inferred else Basis.STATED) for p in found.performers
        ],
        "due_on": last_day(due.due, pack, here),
        "latest_on": last_day(due.latest, pack, here),
        "deadline_state": due.state,
        "awaits": due.awaits,
        "calendars": list(due.calendars),
        "in_force": found.in_force,
        "performed_at": iso(found.performed_at, pack, here),
        "performed_by": list(found.performed_by),
        "breached_at": iso(found.breached_at, pack, here),
        "rebuttable": found.rebuttable,
        "handover_open": found.handover_open,
        "transferred_to": found.transferred_to,
        "transferred_from": found.transferred_from,
        "inferred": inferred,
        "notes": list(rule.notes) if rule else [],
        "questions": [question_json(q, named) for q in found.questions],
    }


def party_json(party: Party, pack: Pack, basis: Basis) -> dict[str, object]:
    """A unit in its part; `basis` says whether the text names this part, `unit_basis` whether it names the unit."""
    unit = pack.vocabulary.units.get(party.id, party)
    told: dict[str, object] = {
        "id": party.id,
        "label": party.label.as_json(),
        "role": party.role,
        "level": party.level or None,
        "place": party.place or None,
        "basis": basis.value,
        "unit_basis": unit.basis.value,
        "routed": party.routed,
    }
    return told | {"people": True} if party.people else told


def question_json(question: Question, words: Words) -> dict[str, object]:
    return {
        "obligation": question.obligation,
        "rule": question.rule,
        "case": question.case,
        "subject": question.subject,
        "fact": question.fact,
        "ask": words.text(question.ask).as_json(),
        "asked_of": question.asked_of,
    }


def conflict_json(conflict: Conflict) -> dict[str, object]:
    return {
        "rules": list(conflict.rules),
        "articles": list(conflict.articles),
        "obligations": list(conflict.obligations),
        "case": conflict.case,
        "claim": conflict.claim.as_json(),
    }


def iso(at: datetime | None, pack: Pack, place: str = "") -> str | None:
    """A moment in the zone of a place, or else of the pack, with its offset."""
    return at.astimezone(pack.calendar.at(place).zone).isoformat() if at is not None else None


def last_day(at: datetime | None, pack: Pack, place: str = "") -> str | None:
    """The day a deadline means where it is owed: midnight ends the day before."""
    if at is None:
        return None
    local = at.astimezone(pack.calendar.at(place).zone)
    day: date = local.date() - timedelta(days=1) if local.time() == time.min else local.date()
    return day.isoformat()
