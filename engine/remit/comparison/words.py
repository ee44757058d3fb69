"""What the packs declare beside their rules: readings, units, places, events, facts, calendars, and the text of the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from remit.comparison import spoken
from remit.comparison.changes import Change
from remit.deadlines.calendar import YearCalendar
from remit.model.counting import Counting
from remit.model.rule import Policy
from remit.model.text import Text
from remit.pack.load import Pack

T = TypeVar("T")
Facts = dict[str, object]


def declared(old: Pack, new: Pack) -> Iterator[Change]:
    """Everything of `facts/` that means something else; labels of units count, other labels and aliases do not."""
    a, b = old.vocabulary, new.vocabulary
    yield from compared("reading", a.readings, b.readings, lambda r: {"by": spoken.limit(r.timing), "means": r.means, "status": r.status, "signed_by": r.signed_by, "since": r.since})  # fmt: skip
    yield from compared("unit", a.units, b.units, lambda u: {"label": u.label, "role": u.roles, "place": u.place, "level": u.level, "since": u.since, "until": u.until, "basis": u.basis.value})  # fmt: skip
    yield from edges(old, new)
    yield from compared(
        "place",
        a.places,
        b.places,
        lambda p: {"level": p.level, "in": p.inside, "zone": p.zone, "calendar": p.calendar},
    )
    yield from compared("role", a.roles, b.roles, lambda _: {})
    yield from compared("action", a.actions, b.actions, lambda _: {})
    yield from compared("event", a.event_types, b.event_types, lambda e: {"attributes": tuple(sorted(e.attributes)), "required": tuple(sorted(e.required))})  # fmt: skip
    yield from compared("attribute", a.attributes, b.attributes, lambda x: {
        "type": f"[{x.kind}]" if x.many else x.kind.value, "of": x.of, "choices": tuple(sorted(c.id for c in x.choices)), "min": x.minimum,
        "max": x.maximum, "absent_means": x.absent_means,
    })  # fmt: skip
    yield from compared("calendar", years_of(old), years_of(new), lambda c: {"document": c.document, "days off": tuple(map(str, sorted(c.holidays))), "days worked": tuple(map(str, sorted(c.workdays)))})  # fmt: skip
    yield from compared(
        "pack",
        {"pack": a},
        {"pack": b},
        lambda v: {"id": v.pack_id, "zone": v.zone, "level": v.levels, "fallback": v.fallback},
    )


def compared(subject: str, old: Mapping[str, T], new: Mapping[str, T], facts: Callable[[T], Facts]) -> Iterator[Change]:
    """What is only in the one or the other, and what says something else in both."""
    for name in [*old, *(n for n in new if n not in old)]:
        if name not in new:
            yield Change("removed", subject, name, before=label(old[name], name))
        elif name not in old:
            yield Change("added", subject, name, after=label(new[name], name))
        else:
            before, after = facts(old[name]), facts(new[name])
            for part in before:
                if before[part] != after[part]:
                    yield Change("changed", subject, name, part, said(before[part]), said(after[part]))


def edges(old: Pack, new: Pack) -> Iterator[Change]:
    """Relations between units, by the unit they start from."""
    sides = []
    for pack in (old, new):
        found: dict[str, set[tuple[str, str, str]]] = {}
        for edge in pack.vocabulary.edges:
            dates = f" {edge.since or ''}–{edge.until or ''}" if edge.since or edge.until else ""
            found.setdefault(edge.source, set()).add((edge.relation.value, edge.target, dates))
        sides.append(found)
    for unit in sorted(sides[0].keys() & new.vocabulary.units.keys() | sides[1].keys() & old.vocabulary.units.keys()):
        before, after = (side.get(unit, set()) for side in sides)
        if before != after:
            yield Change("changed", "unit", unit, "relations", related(before - after), related(after - before))


def related(found: set[tuple[str, str, str]]) -> Text | None:
    told = "、".join(f"{relation} {target}{dates}" for relation, target, dates in sorted(found))
    return Text(told, told) if told else None


def sources(old: Policy | None, new: Policy | None) -> Iterator[Change]:
    """Sentences that came, went, or read otherwise; what only stands elsewhere did not change."""
    one, other = ([s for s in (p.sentences if p else ()) if not s.heading] for p in (old, new))
    texts = [[s.text for s in side] for side in (one, other)]
    policy = new or old
    if policy is None:
        return
    kept = set(texts[0]) & set(texts[1])
    for action, i, j, k, m in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
        if action == "equal":
            continue
        gone = [s for s in one[i:j] if s.text not in kept]
        come = [s for s in other[k:m] if s.text not in kept]
        for number in range(max(len(gone), len(come))):
            before = gone[number] if number < len(gone) else None
            after = come[number] if number < len(come) else None
            sentence = after or before
            kind = "changed" if before and after else "added" if after else "removed"
            if sentence is not None:
                said_before, said_after = (Text(s.text, s.text) if s else None for s in (before, after))
                yield Change(kind, "source", f"{policy.id} {sentence.label or sentence.article}", None, said_before, said_after)  # fmt: skip


def years_of(pack: Pack) -> dict[str, YearCalendar]:
    """The years of every calendar that counts somewhere, each by its name."""
    calendars = (pack.calendar, *pack.calendar.local.values())
    return {f"{year.name} {year.year}".strip(): year for found in calendars for year in found.years.values()}


def documents(old: Policy | None, new: Policy | None) -> Iterator[Change]:
    """Policies that came, went, or have other dates, ranks or numbers."""
    if old is None or new is None:
        policy = old or new
        if policy is not None:
            yield Change("added" if old is None else "removed", "policy", policy.id, None, old.title if old else None, new.title if new else None)  # fmt: skip
        return
    for part in ("id", "number", "issuer", "level", "issued_on", "effective_on", "repealed_on", "first_period", "counting"):  # fmt: skip
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            yield Change("renamed" if part == "id" else "changed", "policy", new.id, part, said(before), said(after))


def label(thing: object, name: str) -> Text:
    found = getattr(thing, "label", None) or getattr(thing, "title", None)
    return found if isinstance(found, Text) else Text(name, name)


def said(value: object) -> Text | None:
    """A value in words; None where there is none."""
    match value:
        case None | ():
            return None
        case Text():
            return value
        case Counting():
            return spoken.counting(value)
        case tuple():
            return Text("、".join(map(str, value)), ", ".join(map(str, value)))
        case _:
            return Text(str(value), str(value))
