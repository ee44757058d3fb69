"""What may stand where in a pack's YAML: for each mapping its keys, for each key the names, words or text it takes.

The loader is what decides; this table says the same for completion, and for finding every name where it stands. Tests hold
the two together: every key the loader knows is here, and every name it resolves is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from remit.model.counting import STEPS
from remit.model.terms import Period, Relation, ValueKind
from remit.pack import counting
from remit.pack.rules import INFERABLE

TRUTHS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Slot:
    """What may stand as a value, or as a member of a list.

    Attributes:
        names: kinds of name, in the order in which they are tried.
        words: fixed words.
        declares: the kind of name that is declared by standing here.
        called: a further name of what is being declared: its label or alias.
        condition, quote, path: a condition, words of the law, `event.place` and the like.
        inside: where the value is a mapping, its keys.
    """

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    declares: str = ""
    called: bool = False
    condition: bool = False
    quote: bool = False
    path: bool = False
    inside: Shape | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of a mapping, by their canonical names.

    Attributes:
        place: what it is, as the loader calls it; decides how Chinese keys are read.
        keys: the fixed keys.
        entries: what every other key holds.
        declares: kind of name that every other key declares, if it declares any.
        facts: every other key is an attribute, and holds a value of it.
    """

    place: str
    keys: Mapping[str, Slot] = field(default_factory=dict)
    declares: str = ""
    entries: Slot | None = None
    facts: bool = False


def named(*kinds: str) -> Slot:
    return Slot(names=kinds)


def one_of(*words: str) -> Slot:
    return Slot(words=words)


def texts(*keys: str) -> dict[str, Slot]:
    return dict.fromkeys(keys, TEXT)


def many(declares: str, place: str, keys: Mapping[str, Slot]) -> Shape:
    """A file or mapping of things by their names."""
    return Shape("", declares=declares, entries=Slot(inside=Shape(place, keys)))


TEXT = Slot()
TITLE = Slot(inside=Shape("label", texts("zh", "en")))
CALLED = Slot(called=True, inside=Shape("label", {"zh": Slot(called=True), "en": Slot(called=True)}))
NAMES: dict[str, Slot] = {"label": CALLED, "alias": Slot(called=True)}
TRUTH = one_of(*TRUTHS)
CONDITION = Slot(condition=True)

# --- rules -----------------------------------------------------------------------------------------

WINDOW = Shape("window", texts("opens", "due", "latest") | {"rolls_over": TRUTH})
SPAN = texts("hours", "days", "working_days", "months", "date") | {
    "from": one_of("known", "event"),
    "rolls_over": TRUTH,
}
BY = Shape("by", SPAN | {"reading": named("reading"), "with": named("rule")})
PEOPLE = Slot(declares="people", inside=Shape("label", dict.fromkeys(("zh", "en"), Slot(declares="people"))))
SELECTOR = Slot(
    words=("reporter", "defaulter"),
    inside=Shape(
        "selector",
        {
            "unit": Slot(names=("unit",), path=True),
            "role": named("role"),
            "place": Slot(names=("place",), path=True),
            "level": Slot(names=("level",), words=("same", "upper")),
            "or": one_of("enclosing"),
            "each": Slot(names=("role",), words=("member",)),
            "of": Slot(names=("unit", "role"), words=("reporter", "defaulter"), path=True),
            "via": one_of(*(r.value for r in Relation)),
            "office_of": named("unit", "role"),
            "people": PEOPLE,
        },
    ),
)
STATEMENT = Shape("counts_as", {"term": TITLE, "means": TITLE, "unit": named("unit"), "relation": one_of(*(r.value for r in Relation)), "target": named("unit")})  # fmt: skip


def act(place: str) -> Slot:
    return Slot(names=("event",), inside=Shape(place, {"event": named("event"), "where": CONDITION}))


RULE = Shape(
    "rule",
    {
        "id": Slot(declares="rule"),
        "label": TITLE,
        "quote": Slot(quote=True),
        "must": named("action"),
        "must_not": named("action"),
        "may": named("action"),
        "counts_as": Slot(inside=STATEMENT),
        "bearer": SELECTOR,
        "performer": SELECTOR,
        "to": SELECTOR,
        "with": SELECTOR,
        "jointly": one_of("each", "any"),
        "on": named("event"),
        "every": one_of(*Period),
        "always": one_of("true"),
        "if": CONDITION,
        "unless": CONDITION,
        "overrides": named("rule"),
        "by": Slot(inside=BY),
        "window": Slot(names=("reading",), inside=WINDOW),
        "per": one_of("case", "subject", "event"),
        "done": act("done"),
        "breach": act("breach"),
        "then": named("rule"),
        "kind": one_of("achievement", "maintenance"),
        "perdurant": TRUTH,
        "handover": TRUTH,
        "inferred": Slot(inside=Shape("inferred", texts(*INFERABLE))),
        "implements": named("superior", "rule"),
        **texts("non_normative", "indicator", "evidence", "note", "since", "until"),
    },
)

# --- facts -----------------------------------------------------------------------------------------

CHOICES = Slot(inside=Shape("", declares="choice", entries=replace(CALLED, inside=Shape("choice", {"zh": Slot(called=True), "en": Slot(called=True), "alias": Slot(called=True)}))))  # fmt: skip
ATTRIBUTES = many(
    "attribute",
    "attribute",
    {
        **NAMES,
        "of": one_of("event", "subject", "case"),
        "type": one_of(*ValueKind),
        "unit": TITLE,
        "choices": CHOICES,
        "absent_means": Slot(names=("value",)),
        "ask": TITLE,
        "asked_of": named("role"),
        **texts("min", "max", "reason"),
    },
)
EVENTS = many("event", "event type", {**NAMES, "about": TITLE, "attributes": named("attribute"), "required": named("attribute")})  # fmt: skip
PLACES = many("place", "place", {**NAMES, "level": named("level"), "in": named("place"), **texts("zone", "calendar")})
RELATIONS = tuple(relation.value for relation in Relation)
EDGE = Slot(names=("unit",), inside=Shape("edge", {"unit": named("unit"), **texts("since", "until")}))
UNIT: dict[str, Slot] = {
    **NAMES,
    "roles": named("role"),
    "place": named("place"),
    "level": named("level"),
    "basis": one_of("stated", "inferred"),
    **texts("reason", "since", "until"),
    **dict.fromkeys(RELATIONS, EDGE),
}
MOVE = Shape(
    "reorganisation",
    {
        **dict.fromkeys(("merge", "rename", "abolish", "into"), named("unit")),
        "label": TITLE,
        **texts("on", "authority"),
    },
)
UNITS = Shape("units-file", {"units": Slot(inside=many("unit", "unit", UNIT)), "reorganisations": Slot(inside=MOVE)})
READINGS = many(
    "reading",
    "reading",
    {
        **NAMES,
        "means": TITLE,
        "by": Slot(inside=Shape("by", SPAN)),
        "window": Slot(inside=WINDOW),
        "open": TRUTH,
        "status": one_of("assumed", "official"),
        **texts("signed_by", "since", "reason"),
    },
)
PACK = Shape(
    "pack",
    {
        "title": TITLE,
        "language": one_of("zh", "en"),
        "levels": Slot(declares="level", inside=Shape("level", {"id": Slot(declares="level"), "label": CALLED})),
        "fallback": named("unit"),
        **texts("id", "zone"),
    },
)
HOLIDAY = Slot(inside=Shape("holiday", texts("from", "to")))
CALENDAR = Shape(
    "calendar",
    {"holidays": Slot(inside=Shape("", entries=HOLIDAY)), **texts("calendar", "year", "document", "published_on", "workdays")},
)  # fmt: skip
DUTY = Slot(inside=Shape("superior-duty", texts("article", "quote")))
SUPERIOR = Shape(
    "superior",
    {
        "id": Slot(declares="superior"),
        "title": TITLE,
        "duties": Slot(inside=Shape("", declares="superior", entries=DUTY)),
        **texts("policy", "number", "issuer"),
    },
)
COUNTING = Shape(
    "counting",
    {
        "law": TITLE,
        **{key: one_of(*words) for key, words in counting.WORDS.items()},
        "at_least": Slot(inside=Shape("at_least", texts(*counting.AT_LEAST_KEYS))),
        "articles": Slot(inside=Shape("articles", dict.fromkeys(STEPS, TITLE))),
        **texts("last_day_ends"),
    },
)
POLICY = Shape(
    "policy",
    {
        "implements": Slot(inside=SUPERIOR),
        "title": TITLE,
        "level": named("level"),
        "first_period": one_of("full", "none", "remainder"),
        "counting": Slot(inside=COUNTING),
        "headings": Slot(inside=Shape("headings", texts("chapter", "article", "paragraph", "item"))),
        **texts("id", "number", "issuer", "issued_on", "effective_on", "repealed_on", "first_period_reason", "source"),
    },
)

# --- cases -----------------------------------------------------------------------------------------

REPORT: dict[str, Slot] = {
    "type": named("event"),
    "by": named("unit"),
    "place": named("place", "unit"),
    "data": Slot(inside=Shape("event", facts=True)),
    **texts("id", "at", "known_at", "case", "subject"),
}
EVENT = Shape("event", {**REPORT, "event": Slot(inside=Shape("event", REPORT, facts=True))}, facts=True)
CASE = Shape("case", {"events": Slot(inside=EVENT), **texts("case", "label", "about")})

ACCEPTANCE = Shape("acceptance", {"rules": named("rule"), **texts("kind", "about", "reason", "by", "since")})

#: Of each kind of file under `facts/`, what it holds.
FACTS: Mapping[str, Shape] = {
    "pack": PACK,
    "attributes": ATTRIBUTES,
    "events": EVENTS,
    "actions": many("action", "action", NAMES),
    "roles": many("role", "role", NAMES),
    "places": PLACES,
    "units": UNITS,
    "readings": READINGS,
    "calendars": CALENDAR,
    "cases": CASE,
    "accepted": ACCEPTANCE,
}


def shape_of(file: str) -> Shape | None:
    """What the YAML of a file of the pack is held to; of a chapter, what its rule blocks are."""
    parts = file.split("/")
    if parts[0] == "facts" and len(parts) in (2, 3):
        return FACTS.get(parts[1].removesuffix(".yaml")) if file.endswith(".yaml") else None
    if parts[0] == "policies" and len(parts) == 3:
        return POLICY if parts[2] == "policy.yaml" else RULE if parts[2].endswith(".md") else None
    return None
