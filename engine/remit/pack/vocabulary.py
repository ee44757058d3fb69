"""`facts/` → `Vocabulary`: attributes, events, actions, roles, places, units, readings, the pack itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from remit.errors import Origin, VocabularyError, nearest
from remit.model import event as acts
from remit.model.rule import OpenEnd, Timing
from remit.model.terms import ValueKind
from remit.model.text import Text
from remit.model.vocabulary import Attribute, Choice, EventType, Reading, Term, Vocabulary
from remit.pack import dialect
from remit.pack.facts import Facts
from remit.pack.fields import Fields, zone_of
from remit.pack.files import Files
from remit.pack.names import Names
from remit.pack.timings import BY_KEYS, WINDOW_KEYS, by_timing, window_timing
from remit.pack.units import read_places, read_units
from remit.pack.values import Unfit, value_of
from remit.pack.yaml_reader import Node, Problems, Scalar, Sequence

PACK_KEYS = ("id", "title", "language", "zone", "levels", "fallback")
LEVEL_KEYS = ("id", "label")
TERM_KEYS = ("label", "alias")
ATTRIBUTE_KEYS = (
    "label", "of", "type", "unit", "choices", "min", "max", "absent_means", "reason", "ask", "asked_of", "alias",
)  # fmt: skip
CHOICE_KEYS = ("zh", "en", "alias")
EVENT_TYPE_KEYS = ("label", "alias", "about", "attributes", "required")
READING_KEYS = ("label", "means", "by", "window", "open", "signed_by", "since", "status", "reason", "alias")
TEXT = ValueKind.TEXT
T = TypeVar("T")
#: Attributes of the acts every pack has.
BUILT_IN_ATTRIBUTES = (
    Attribute("events", Text("所含事件", "events"), TEXT, many=True),
    Attribute("to_unit", Text("接办单位", "unit that takes over"), ValueKind.UNIT),
    *(Attribute(name, Text(zh, en), TEXT) for name, zh, en in (
        ("action", "事项", "action"), ("rule", "规则", "rule"), ("evidence", "履行凭据", "evidence"), ("of", "所指事件", "of"),
        ("obligation", "义务", "obligation"), ("authority", "权限依据", "authority"), ("reason", "理由", "reason"), ("period", "周期", "period"),
        ("into", "转入案件", "into"),
    )),
)  # fmt: skip
ABOUT_DUTY = ("rule", "obligation", "authority", "reason", "period")
BUILT_IN_EVENTS = (
    EventType(
        acts.PERFORMED,
        Text("已履行", "performed"),
        ("action", "rule", "evidence", "period"),
        ("action",),
        built_in=True,
    ),
    EventType(
        acts.VIOLATED,
        Text("违反", "violated"),
        ("action", "rule", "reason"),
        ("action",),
        built_in=True,
    ),
    EventType(acts.RETRACTION, Text("撤回", "retraction"), ("of", "reason"), ("of",), built_in=True),
    EventType(
        acts.CORRECTION,
        Text("更正", "correction"),
        ("of", "reason"),
        ("of",),
        Text("“更正为”之下写更正后的整份报告", "`event:` holds the whole report as it should have been"),
        built_in=True,
    ),
    EventType(acts.WAIVER, Text("免除", "waiver"), ABOUT_DUTY, ("authority",), built_in=True),
    EventType(acts.SUSPENSION, Text("中止", "suspension"), ABOUT_DUTY, built_in=True),
    EventType(acts.RESUMPTION, Text("恢复", "resumption"), ABOUT_DUTY, built_in=True),
    EventType(acts.DISPUTE, Text("争议", "dispute"), ABOUT_DUTY, built_in=True),
    EventType(acts.RECEIPT, Text("签收", "receipt"), ABOUT_DUTY, built_in=True),
    EventType(
        acts.TRANSFER, Text("移交", "transfer"), (*ABOUT_DUTY, "to_unit"), ("to_unit", "authority"), built_in=True
    ),
    EventType(acts.MERGER, Text("并案", "case merger"), ("of", "authority", "reason"), ("of",), built_in=True),
    EventType(
        acts.SPLIT,
        Text("分案", "case split"),
        ("events", "into", "authority", "reason"),
        ("events", "into"),
        built_in=True,
    ),
)


def read_vocabulary(files: Files, problems: Problems, calendars: Collection[str] = ()) -> tuple[Vocabulary, Names]:
    """Everything `facts/` declares, and the resolver of its names; errors are collected. `calendars` are those a place may name."""
    facts, names = Facts(files, problems), Names(problems)
    head, levels, level_labels = read_head(facts)
    names.learn("level", ((name, label, ()) for name, label in level_labels.items()))
    zone = zone_of(head)
    roles = part(facts, names, "role", ("roles",), lambda f, _: terms(f, "roles", "role"))
    actions = part(facts, names, "action", ("actions",), lambda f, _: terms(f, "actions", "action"))
    places = part(facts, names, "place", PLACES, lambda f, n: read_places(f, n, calendars))
    units, edges, moves = part(facts, names, "unit", UNITS, lambda f, n: read_units(f, n, places))
    attributes = part(facts, names, "attribute", ("attributes", *UNITS), lambda f, n: read_attributes(f, n, zone))
    events = part(facts, names, "event", ("events", "attributes"), read_events)
    readings = part(facts, names, "reading", ("readings",), lambda f, _: read_readings(f))
    fallback = head.scalar("fallback", required=True)
    vocabulary = Vocabulary(
        pack_id=head.text("id", required=True) or "",
        title=head.label("title", required=True) or Text("", ""),
        language=head.word("language", ("zh", "en"), "en"),
        zone=str(zone),
        levels=levels,
        level_labels=level_labels,
        fallback=(names.resolve("unit", fallback) if fallback else None) or "",
        attributes=attributes,
        event_types=events,
        actions=actions,
        roles=roles,
        readings=readings,
        places=places,
        units=units,
        edges=edges,
        reorganisations=moves,
    )
    return vocabulary, names


#: The files that places and units are read from, and those whose names they use.
PLACES = ("places", "pack", "calendars")
UNITS = ("units", "roles", *PLACES)


def part(facts: Facts, names: Names, kind: str, sources: Iterable[str], read: Callable[[Facts, Names], T]) -> T:
    """One part of the vocabulary, and its names learnt: read once as long as nothing changes that it is read from."""
    files = facts.files
    contents = tuple((name, files.outcome(name)) for source in sources for name in facts.named(source))

    def make() -> tuple[T, Names]:
        own = Names(facts.problems.apart(), dict(names.spelled), dict(names.labels))
        found = read(Facts(files, own.problems), own)
        if isinstance(found, dict) and kind not in own.spelled:
            learn(own, kind, found.values())
        return found, own

    found, own = files.memory.once((kind, contents), make)
    names.spelled[kind], names.labels[kind] = own.spelled[kind], own.labels[kind]
    facts.problems.join(own.problems)
    return found


def learn(names: Names, kind: str, items: Iterable[Term | Attribute | EventType | Reading]) -> None:
    names.learn(kind, ((item.id, item.label, item.aliases) for item in items))


def read_head(facts: Facts) -> tuple[Fields, tuple[str, ...], dict[str, Text]]:
    """facts/pack.yaml."""
    document = next(facts.documents("pack"), None)
    if document is None and "pack" not in facts.problems.unread:
        facts.problems.add(VocabularyError("RM220", "empty-value", found="an empty file", expected="the keys of a pack", origin=Origin("facts/pack.yaml", 1, 1)))  # fmt: skip
        facts.problems.unread.add("pack")
    head = facts.fields(document, "pack", PACK_KEYS)
    labels: dict[str, Text] = {}
    for node in head.many("levels"):
        if isinstance(node, Scalar):
            labels[node.text] = Text(node.text, node.text)
            continue
        level = facts.fields(node, "level", LEVEL_KEYS)
        name = level.text("id", required=True)
        if name is None:
            facts.problems.unread.add("pack")
        else:
            labels[name] = level.label("label") or Text(name, name)
    return head, tuple(labels), labels


def terms(facts: Facts, name: str, place: str) -> dict[str, Term]:
    """Plain words: actions, roles."""
    found = {}
    for key, node in facts.entries(name):
        fields = facts.fields(node, place, TERM_KEYS)
        found[key.text] = Term(
            key.text,
            fields.label("label", required=True) or Text(key.text, key.text),
            fields.texts("alias"),
            key.origin,
        )
    return found


def read_attributes(facts: Facts, names: Names, zone: ZoneInfo) -> dict[str, Attribute]:
    found = {attribute.id: attribute for attribute in BUILT_IN_ATTRIBUTES}
    for key, node in facts.entries("attributes"):
        fields = facts.fields(node, "attribute", ATTRIBUTE_KEYS)
        if key.text in found and found[key.text] in BUILT_IN_ATTRIBUTES:
            facts.problems.add(
                VocabularyError(
                    "RM211",
                    "reserved-name",
                    found=key.text,
                    expected="a name that remit does not use itself",
                    origin=key.origin,
                )
            )
            continue
        found[key.text] = attribute_of(key, fields, names, zone)
    return found


def attribute_of(key: Scalar, fields: Fields, names: Names, zone: ZoneInfo) -> Attribute:
    kind, many = kind_of(fields)
    choices = tuple(choice_of(k, v, fields) for k, v in fields.entries("choices"))
    if kind is ValueKind.CHOICE and not choices:
        fields.missing("choices")
        kind = TEXT  # what it may be compared with, nobody knows
    asked = fields.scalar("asked_of")
    unit = fields.label("unit")
    attribute = Attribute(
        id=key.text,
        label=fields.label("label", required=True) or Text(key.text, key.text),
        kind=kind,
        of=fields.word("of", ("event", "subject", "case"), "event"),
        many=many,
        choices=choices,
        unit=unit.zh if unit else None,
        minimum=fields.whole("min"),
        maximum=fields.whole("max"),
        reason=fields.text("reason"),
        ask=fields.label("ask"),
        asked_of=names.resolve("role", asked) if asked else None,
        aliases=fields.texts("alias"),
        origin=key.origin,
    )
    absent = fields.scalar("absent_means")
    if absent is None:
        return attribute
    if attribute.reason is None:
        fields.missing("reason")
    try:
        return replace(attribute, absent_means=value_of(attribute, absent.text, zone, names.find))
    except Unfit as wrong:
        fields.unfit(absent, wrong.expected)
        return attribute


def kind_of(fields: Fields) -> tuple[ValueKind, bool]:
    """`int`, or `[int]` for a list of them."""
    node = fields.nodes.get("type")
    many = isinstance(node, Sequence) and len(node.items) == 1
    inner = node.items[0] if isinstance(node, Sequence) and many else node
    if node is None:
        fields.missing("type")
    elif isinstance(inner, Scalar) and dialect.word(inner.text) in set(ValueKind):
        return ValueKind(dialect.word(inner.text)), many
    elif isinstance(inner, Scalar):
        spelled = [*ValueKind, *(zh for zh, en in dialect.WORDS.items() if en in set(ValueKind))]
        fields.problems.unknown("type", inner, spelled, "a type: " + ", ".join(ValueKind))
        meant = dialect.word(nearest(inner.text, spelled) or "")
        return (ValueKind(meant) if meant in set(ValueKind) else TEXT), many
    else:
        fields.wrong(node, "a type, or a list of one type")
    return TEXT, many


def choice_of(key: Scalar, node: Node, outer: Fields) -> Choice:
    if isinstance(node, Scalar):
        return Choice(key.text, Text(node.text, node.text))
    fields = Fields(node, "choice", CHOICE_KEYS, outer.problems)
    zh, en = fields.text("zh"), fields.text("en")
    return Choice(key.text, Text(zh or en or key.text, en or zh or key.text), fields.texts("alias"))


def read_events(facts: Facts, names: Names) -> dict[str, EventType]:
    found = {kind.id: kind for kind in BUILT_IN_EVENTS}
    for key, node in facts.entries("events"):
        fields = facts.fields(node, "event type", EVENT_TYPE_KEYS)
        if key.text in found and found[key.text].built_in:
            facts.problems.add(
                VocabularyError(
                    "RM211",
                    "reserved-name",
                    found=key.text,
                    expected="a name that remit does not use itself",
                    origin=key.origin,
                )
            )
            continue
        required = tuple(a for n in fields.scalars("required") if (a := names.resolve("attribute", n)))
        carried = tuple(a for n in fields.scalars("attributes") if (a := names.resolve("attribute", n)))
        found[key.text] = EventType(
            id=key.text,
            label=fields.label("label", required=True) or Text(key.text, key.text),
            attributes=tuple(dict.fromkeys((*carried, *required, "period"))),
            required=required,
            about=fields.label("about"),
            aliases=fields.texts("alias"),
            origin=key.origin,
        )
    return found


def read_readings(facts: Facts) -> dict[str, Reading]:
    found = {}
    for key, node in facts.entries("readings"):
        fields = facts.fields(node, "reading", READING_KEYS)
        label = fields.label("label", required=True) or Text(key.text, key.text)
        found[key.text] = Reading(
            id=key.text,
            label=label,
            means=fields.label("means", required=True) or label,
            timing=reading_timing(facts, fields),
            signed_by=fields.text("signed_by", required=True) or "",
            since=fields.day("since", required=True) or date.min,
            reason=fields.text("reason", required=True) or "",
            status=fields.word("status", ("assumed", "official"), "assumed"),
            aliases=fields.texts("alias"),
            origin=key.origin,
        )
    return found


def reading_timing(facts: Facts, fields: Fields) -> Timing | None:
    if fields.truth("open"):
        return OpenEnd()
    if "by" in fields:
        return by_timing(facts.fields(fields.nodes["by"], "by", BY_KEYS), None)
    return window_timing(facts.fields(fields.nodes["window"], "window", WINDOW_KEYS)) if "window" in fields else None
