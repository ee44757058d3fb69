"""What may stand where in the files of a pack. The keys are the loader's own tables; here is said what each of them holds.

Formatting takes the order of keys from here, the schemas everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.model.counting import STEPS
from remit.model.terms import Kind, Period, Relation, ValueKind
from remit.pack import (
    acceptances,
    calendars,
    case_files,
    counting,
    events,
    fields,
    rules,
    selectors,
    source,
    superiors,
    timings,
    units,
    vocabulary,
)
from remit.pack.draft import POLICY_KEYS


@dataclass(frozen=True, slots=True)
class Plain:
    """One value. `what` is text, whole, truth, day, month_day, moment or condition."""

    what: str = "text"


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few fixed words, in either language."""

    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the vocabulary declares, of one of these kinds."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `least` members at the least, `most` at the most."""

    of: Shape
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping from names that the author chooses."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Either:
    """Any of several shapes."""

    of: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """The form of this name."""

    form: str


Shape = Plain | Words | Name | Items | Named | Either | Ref


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of mapping.

    Attributes:
        place: as the loader calls it; decides how Chinese keys are read.
        keys: every key the loader takes, in the canonical order, and what it holds.
        required: keys that must be there.
        one_of: groups of keys of which exactly one must be there.
        at_most_one: groups of keys of which no two go together.
        needs: groups of keys each of which asks for another.
        rest: what any other key holds; None where there is no other.
    """

    place: str
    keys: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[tuple[str, ...], str], ...] = ()
    rest: Shape | None = None


TEXT, TRUTH, DAY, WHOLE, CONDITION = Plain(), Plain("truth"), Plain("day"), Plain("whole"), Plain("condition")
MONTH_DAY, MOMENT = Plain("month_day"), Plain("moment")


def either(*shapes: Shape) -> Either:
    return Either(shapes)


def many(shape: Shape) -> Either:
    """One, or a list of them."""
    return Either((shape, Items(shape)))


LABEL = either(TEXT, Ref("label"))
TEXTS = many(TEXT)
UNIT, ROLE, PLACE, LEVEL = Name(("unit",)), Name(("role",)), Name(("place",)), Name(("level",))
SELECTOR = either(Words(("reporter", "defaulter")), Ref("selector"))
ACTS = many(either(Name(("event",)), Ref("act")))
TYPE = Words(tuple(kind.value for kind in ValueKind))
EDGE = many(either(UNIT, Ref("edge")))

#: What each key holds, form by form; what is left out holds a text.
SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "pack": {"title": LABEL, "language": Words(("zh", "en")), "levels": Items(either(TEXT, Ref("level")), least=1), "fallback": UNIT},
    "level": {"label": LABEL},
    "label": {},
    "term": {"label": LABEL, "alias": TEXTS},
    "attribute": {
        "label": LABEL, "of": Words(("subject", "case", "event")), "type": either(TYPE, Items(TYPE, least=1, most=1)), "unit": LABEL,
        "choices": Named(either(TEXT, Ref("choice"))), "min": WHOLE, "max": WHOLE, "ask": LABEL, "asked_of": ROLE, "alias": TEXTS,
    },
    "choice": {"alias": TEXTS},
    "event type": {
        "label": LABEL, "about": LABEL, "attributes": many(Name(("attribute",))), "required": many(Name(("attribute",))), "alias": TEXTS,
    },
    "reading": {
        "label": LABEL, "means": LABEL, "by": Ref("by of a reading"), "window": Ref("window"), "open": TRUTH, "since": DAY,
        "status": Words(("assumed", "official")), "alias": TEXTS,
    },
    "by": {
        **dict.fromkeys(timings.AMOUNTS, WHOLE), "date": DAY, "reading": Name(("reading",)), "from": Words(("known", "event")), "with": TEXT,
        "rolls_over": TRUTH,
    },
    "window": {"opens": MONTH_DAY, "due": MONTH_DAY, "latest": MONTH_DAY, "rolls_over": TRUTH},
    "place": {"label": LABEL, "level": LEVEL, "in": PLACE, "zone": TEXT, "calendar": TEXT, "alias": TEXTS},
    "units-file": {"units": Named(Ref("unit")), "reorganisations": many(Ref("reorganisation"))},
    "unit": {
        "label": LABEL, "roles": many(ROLE), "place": PLACE, "level": LEVEL, "basis": Words(("stated", "inferred")), "since": DAY,
        "until": DAY, "alias": TEXTS, **{relation.value: EDGE for relation in Relation},
    },
    "edge": {"unit": UNIT, "since": DAY, "until": DAY},
    "reorganisation": {"on": DAY, "merge": many(UNIT), "rename": many(UNIT), "abolish": many(UNIT), "into": UNIT, "label": LABEL},
    "calendar": {
        "calendar": TEXT, "year": WHOLE, "published_on": DAY, "holidays": Named(many(either(DAY, Ref("holiday")))), "workdays": many(DAY),
    },
    "holiday": {"from": DAY, "to": DAY},
    "policy": {
        "title": LABEL, "level": LEVEL, "issued_on": DAY, "effective_on": DAY, "repealed_on": DAY,
        "first_period": Words(("full", "remainder", "none")), "counting": Ref("counting"), "headings": Ref("headings"), "implements": many(Ref("superior")),
    },
    "counting": {
        "law": LABEL, **{key: Words(among) for key, among in counting.WORDS.items()}, "at_least": Ref("at_least"), "articles": Ref("articles"),
    },
    "at_least": dict.fromkeys(counting.AT_LEAST_KEYS, WHOLE),
    "articles": dict.fromkeys(STEPS, LABEL),
    "superior": {"title": LABEL, "duties": Named(Ref("superior-duty"))},
    "superior-duty": {},
    "acceptance": {"rules": TEXTS, "since": DAY},
    "headings": {},
    "rule": {
        "label": LABEL, "quote": TEXTS, **dict.fromkeys(rules.RUN, Name(("action",))), "counts_as": either(TEXT, Ref("counts_as")),
        **dict.fromkeys(rules.PARTS, many(SELECTOR)), "jointly": Words(("each", "any")), "on": many(Name(("event",))),
        "every": Words(tuple(period.value for period in Period)), "always": TRUTH, "if": CONDITION, "unless": CONDITION, "overrides": TEXTS, "by": many(Ref("by")),
        "window": either(Name(("reading",)), Ref("window")), "per": Words(("case", "subject", "event")), "done": ACTS, "breach": ACTS,
        "then": TEXTS, "kind": Words(tuple(kind.value for kind in Kind)), "perdurant": TRUTH, "handover": TRUTH, "inferred": Ref("inferred"), "note": TEXTS,
        "since": DAY, "until": DAY, "implements": TEXTS,
    },
    "counts_as": {"term": LABEL, "means": LABEL, "unit": UNIT, "relation": Words(tuple(relation.value for relation in Relation)), "target": UNIT},
    "act": {"event": Name(("event",)), "where": CONDITION},
    "selector": {
        "unit": either(UNIT, TEXT), "role": ROLE, "or": Words(("enclosing",)), "each": either(Words(("member",)), ROLE),
        "of": either(either(ROLE, UNIT), TEXT), "via": Words(tuple(relation.value for relation in Relation)),
        "office_of": either(ROLE, UNIT), "people": LABEL, "level": either(Words(selectors.RELATIVE), LEVEL),
    },
    "inferred": {},
    "case": {"label": LABEL, "about": LABEL, "events": Items(Ref("event"))},
    "event": {
        "type": Name(("event",)), "at": MOMENT, "known_at": MOMENT, "by": UNIT, "place": either(PLACE, UNIT),
        "data": Named(TEXTS), "event": Ref("replacement"),
    },
}  # fmt: skip


def form(
    name: str,
    keys: tuple[str, ...],
    required: tuple[str, ...] = (),
    one_of: tuple[tuple[str, ...], ...] = (),
    at_most_one: tuple[tuple[str, ...], ...] = (),
    needs: tuple[tuple[tuple[str, ...], str], ...] = (),
    *,
    place: str | None = None,
    rest: Shape | None = None,
) -> Form:
    shapes = SHAPES[name]
    return Form(place or name, {key: shapes.get(key, TEXT) for key in keys}, required, one_of, at_most_one, needs, rest)


BY_ONE = (*timings.AMOUNTS, "date", "reading", "with")
FORMS: Mapping[str, Form] = {
    "pack": form("pack", vocabulary.PACK_KEYS, ("id", "title", "zone", "fallback")),
    "level": form("level", vocabulary.LEVEL_KEYS, ("id",)),
    "label": form("label", fields.LABEL_KEYS),
    "term": form("term", vocabulary.TERM_KEYS, ("label",), place="action"),
    "attribute": form("attribute", vocabulary.ATTRIBUTE_KEYS, ("label", "type"), needs=((("absent_means",), "reason"),)),
    "choice": form("choice", vocabulary.CHOICE_KEYS),
    "event type": form("event type", vocabulary.EVENT_TYPE_KEYS, ("label",)),
    "reading": form("reading", vocabulary.READING_KEYS, ("label", "means", "signed_by", "since", "reason"), at_most_one=(("by", "window"),)),
    "by": form("by", timings.RULE_BY_KEYS, one_of=(BY_ONE,)),
    "by of a reading": Form("by", {key: SHAPES["by"].get(key, TEXT) for key in timings.BY_KEYS if key != "reading"}, one_of=(BY_ONE[:-2],)),
    "window": form("window", timings.WINDOW_KEYS, ("opens", "due")),
    "place": form("place", units.PLACE_KEYS, ("label", "level")),
    "units-file": form("units-file", units.UNITS_FILE_KEYS),
    "unit": form("unit", units.UNIT_KEYS, ("label", "place")),
    "edge": form("edge", units.EDGE_KEYS, ("unit",)),
    "reorganisation": form("reorganisation", units.REORGANISATION_KEYS, ("on",), (("merge", "rename", "abolish"),), needs=((("merge",), "into"), (("rename",), "label"))),
    "calendar": form("calendar", calendars.KEYS, ("year", "document")),
    "holiday": form("holiday", calendars.HOLIDAY_KEYS, ("from", "to")),
    "policy": form("policy", POLICY_KEYS, ("id", "title", "issuer", "level", "issued_on", "effective_on")),
    "headings": form("headings", tuple(source.HEADINGS)),
    "counting": form("counting", counting.KEYS, ("law",)),
    "at_least": form("at_least", counting.AT_LEAST_KEYS, ("working_days",)),
    "articles": form("articles", STEPS),
    "superior": form("superior", superiors.SUPERIOR_KEYS, (), (("policy", "id"),)),
    "superior-duty": form("superior-duty", superiors.DUTY_KEYS, ("quote",)),
    "acceptance": form("acceptance", acceptances.KEYS, ("kind", "reason", "by", "since")),
    "rule": form("rule", rules.KEYS, ("id", "quote"), (rules.MODALITIES,), (("on", "every", "always"), ("by", "window")), ((rules.RUN, "bearer"),)),
    "counts_as": form("counts_as", rules.STATEMENT_KEYS),
    "act": form("act", rules.ACT_KEYS, ("event",), place="done"),
    "selector": form("selector", selectors.KEYS, (), (selectors.FORMS,)),
    "inferred": form("inferred", rules.INFERABLE),
    "case": form("case", case_files.KEYS, ("events",)),
    "event": form("event", events.OWN, ("id", "type", "at"), rest=TEXTS),
    "replacement": form("event", events.OWN, ("type", "at"), rest=TEXTS),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: what its whole is, and where such files lie in a pack."""

    name: str
    shape: Shape
    paths: tuple[str, ...]


FILES: Mapping[str, FileKind] = {
    kind.name: kind
    for kind in (
        FileKind("pack", Ref("pack"), ("facts/pack.yaml",)),
        FileKind("roles", Named(Ref("term")), ("facts/roles.yaml", "facts/roles/*.yaml")),
        FileKind("actions", Named(Ref("term")), ("facts/actions.yaml", "facts/actions/*.yaml")),
        FileKind("attributes", Named(Ref("attribute")), ("facts/attributes.yaml", "facts/attributes/*.yaml")),
        FileKind("events", Named(Ref("event type")), ("facts/events.yaml", "facts/events/*.yaml")),
        FileKind("readings", Named(Ref("reading")), ("facts/readings.yaml", "facts/readings/*.yaml")),
        FileKind("places", Named(Ref("place")), ("facts/places.yaml", "facts/places/*.yaml")),
        FileKind("units", Ref("units-file"), ("facts/units.yaml", "facts/units/*.yaml")),
        FileKind("calendar", Ref("calendar"), ("facts/calendars.yaml", "facts/calendars/*.yaml")),
        FileKind("case", Ref("case"), ("facts/cases/*.yaml",)),
        FileKind("accepted", Items(Ref("acceptance")), ("facts/accepted.yaml", "facts/accepted/*.yaml")),
        FileKind("policy", Ref("policy"), ("policies/*/policy.yaml",)),
        FileKind("rule", Ref("rule"), ()),
    )
}
