"""`facts/` → `Vocabulary`: attributes, events, actions, roles, places, units, readings, the pack itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remit.errors import Origin, RemitError, SourceError, VocabularyError
from remit.model import event as acts
from remit.model.rule import OpenEnd, Timing
from remit.model.terms import Basis, Relation, ValueKind
from remit.model.text import Text
from remit.model.unit import Edge, Place, Reorganisation, Unit
from remit.model.vocabulary import Attribute, Choice, EventType, Reading, Term, Vocabulary
from remit.pack.fields import Fields
from remit.pack.names import Names
from remit.pack.timings import BY_KEYS, by_timing, window_timing
from remit.pack.values import Unfit, value_of
from remit.pack.yaml_reader import Mapping, Node, Problems, Scalar, Sequence, decoded, read

TEXT = ValueKind.TEXT
#: Attributes of the acts every pack has.
BUILT_IN_ATTRIBUTES = tuple(
    Attribute(name, Text(zh, en), TEXT)
    for name, zh, en in (
        ("action", "事项", "action"), ("rule", "规则", "rule"), ("evidence", "履行凭据", "evidence"), ("of", "所指事件", "of"),
        ("obligation", "义务", "obligation"), ("authority", "权限依据", "authority"), ("reason", "理由", "reason"), ("period", "周期", "period"),
    )
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
    EventType(acts.CORRECTION, Text("更正", "correction"), ("of", "reason"), ("of",), built_in=True),
    EventType(acts.WAIVER, Text("免除", "waiver"), ABOUT_DUTY, ("authority",), built_in=True),
    EventType(acts.SUSPENSION, Text("中止", "suspension"), ABOUT_DUTY, built_in=True),
    EventType(acts.RESUMPTION, Text("恢复", "resumption"), ABOUT_DUTY, built_in=True),
    EventType(acts.DISPUTE, Text("争议", "dispute"), ABOUT_DUTY, built_in=True),
    EventType(acts.RECEIPT, Text("签收", "receipt"), ABOUT_DUTY, built_in=True),
)
UNIT_KEYS = (
    "label",
    "roles",
    "place",
    "level",
    "basis",
    "reason",
    "since",
    "until",
    "alias",
    *(r.value for r in Relation),
)


@dataclass(slots=True)
class Facts:
    """Reads the files of `facts/`; every error goes to `problems`."""

    root: Path
    problems: Problems

    def files(self, name: str) -> Iterator[Path]:
        """`facts/NAME.yaml` or the files of `facts/NAME/`."""
        single, folder = self.root / "facts" / f"{name}.yaml", self.root / "facts" / name
        if single.is_file():
            yield single
        if folder.is_dir():
            yield from sorted(folder.glob("*.yaml"))

    def documents(self, name: str) -> Iterator[Node]:
        for path in self.files(name):
            try:
                node = read(decoded(path.read_bytes(), self.relative(path)), self.relative(path))
            except RemitError as problem:
                self.problems.add(problem)
                continue
            if node is not None:
                yield node

    def relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def entries(self, name: str) -> Iterator[tuple[Scalar, Node]]:
        """The pairs of all files of this name; an id twice is RM209."""
        seen: set[str] = set()
        for document in self.documents(name):
            if not isinstance(document, Mapping):
                self.problems.add(
                    VocabularyError(
                        "RM206",
                        "wrong-form",
                        found="not a mapping",
                        expected="names and what they mean",
                        origin=document.origin,
                    )
                )
                continue
            for key, value in document.items:
                if key.text in seen:
                    self.problems.add(
                        VocabularyError(
                            "RM209",
                            "declared-twice",
                            found=key.text,
                            expected=f"each name of facts/{name} once",
                            origin=key.origin,
                        )
                    )
                seen.add(key.text)
                yield key, value

    def fields(self, node: Node | None, place: str, allowed: tuple[str, ...]) -> Fields:
        return Fields(node, place, allowed, self.problems)


def read_vocabulary(root: Path, problems: Problems) -> tuple[Vocabulary, Names]:
    """Everything `facts/` declares, and the resolver of its names; errors are collected."""
    facts, names = Facts(root, problems), Names(problems)
    head, levels, level_labels = read_head(facts)
    names.learn("level", ((name, label, ()) for name, label in level_labels.items()))
    roles = terms(facts, "roles", "role")
    actions = terms(facts, "actions", "action")
    learn(names, "role", roles.values())
    learn(names, "action", actions.values())
    places = read_places(facts, names)
    units, edges, moves = read_units(facts, names, places)
    zone = zone_of(head, problems)
    attributes = read_attributes(facts, names, zone)
    learn(names, "attribute", attributes.values())
    events = read_events(facts, names)
    learn(names, "event", events.values())
    readings = read_readings(facts)
    learn(names, "reading", readings.values())
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


def learn(names: Names, kind: str, items: Iterable[Term | Attribute | EventType | Reading]) -> None:
    names.learn(kind, ((item.id, item.label, item.aliases) for item in items))


def read_head(facts: Facts) -> tuple[Fields, tuple[str, ...], dict[str, Text]]:
    """facts/pack.yaml."""
    document = next(facts.documents("pack"), None)
    if document is None and not (facts.root / "facts" / "pack.yaml").is_file():
        facts.problems.add(
            SourceError(
                "RM102",
                "file-missing",
                found="facts/pack.yaml",
                expected="the file that names the pack",
                origin=Origin("facts/pack.yaml"),
            )
        )
    head = facts.fields(document, "pack", ("id", "title", "language", "zone", "levels", "fallback"))
    labels: dict[str, Text] = {}
    for node in head.many("levels"):
        if isinstance(node, Scalar):
            labels[node.text] = Text(node.text, node.text)
            continue
        level = facts.fields(node, "level", ("id", "label"))
        name = level.text("id", required=True)
        if name:
            labels[name] = level.label("label") or Text(name, name)
    return head, tuple(labels), labels


def zone_of(head: Fields, problems: Problems) -> ZoneInfo:
    node = head.scalar("zone", required=True)
    try:
        return ZoneInfo(node.text if node else "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if node:
            problems.unknown(
                "zone",
                node,
                ("Asia/Shanghai", "Europe/Berlin", "UTC"),
                "a time zone such as Asia/Shanghai",
            )
        return ZoneInfo("UTC")


def terms(facts: Facts, name: str, place: str) -> dict[str, Term]:
    """Plain words: actions, roles."""
    found = {}
    for key, node in facts.entries(name):
        fields = facts.fields(node, place, ("label", "alias"))
        found[key.text] = Term(
            key.text,
            fields.label("label", required=True) or Text(key.text, key.text),
            fields.texts("alias"),
            key.origin,
        )
    return found


def read_places(facts: Facts, names: Names) -> dict[str, Place]:
    pending = []
    for key, node in facts.entries("places"):
        fields = facts.fields(node, "place", ("label", "level", "in", "alias"))
        pending.append((key, fields, fields.label("label", required=True) or Text(key.text, key.text)))
    names.learn("place", ((key.text, label, fields.texts("alias")) for key, fields, label in pending))
    found = {}
    for key, fields, label in pending:
        level, inside = fields.scalar("level", required=True), fields.scalar("in")
        found[key.text] = Place(
            key.text, label, (names.resolve("level", level) if level else None) or "",
            names.resolve("place", inside) if inside else None, fields.texts("alias"), key.origin,
        )  # fmt: skip
    return found


def read_units(
    facts: Facts, names: Names, places: dict[str, Place]
) -> tuple[dict[str, Unit], tuple[Edge, ...], tuple[Reorganisation, ...]]:
    """facts/units: the units, their edges, and the reorganisations."""
    pending: list[tuple[Scalar, Fields, Text]] = []
    moves: list[Node] = []
    for document in facts.documents("units"):
        top = facts.fields(document, "units-file", ("units", "reorganisations"))
        moves += top.many("reorganisations")
        for key, node in top.entries("units"):
            fields = facts.fields(node, "unit", UNIT_KEYS)
            pending.append((key, fields, fields.label("label", required=True) or Text(key.text, key.text)))
    seen: set[str] = set()
    for key, _, _ in pending:
        if key.text in seen:
            facts.problems.add(
                VocabularyError(
                    "RM209",
                    "declared-twice",
                    found=key.text,
                    expected="each unit once",
                    origin=key.origin,
                )
            )
        seen.add(key.text)
    names.learn("unit", ((key.text, label, fields.texts("alias")) for key, fields, label in pending))
    units = {key.text: unit_of(key, fields, label, names, places) for key, fields, label in pending}
    edges = tuple(edge for key, fields, _ in pending for edge in edges_of(key, fields, names, facts))
    found = (reorganisation(facts, node, names) for node in moves)
    return units, edges, tuple(act for act in found if act)


def unit_of(key: Scalar, fields: Fields, label: Text, names: Names, places: dict[str, Place]) -> Unit:
    place = fields.scalar("place", required=True)
    where = (names.resolve("place", place) if place else None) or ""
    level = fields.scalar("level")
    rank = names.resolve("level", level) if level else (places[where].level if where in places else "")
    basis = Basis(fields.word("basis", ("stated", "inferred"), "stated"))
    if basis is Basis.INFERRED and "reason" not in fields:
        fields.missing("reason")
    return Unit(
        id=key.text,
        label=label,
        roles=tuple(role for node in fields.scalars("roles") if (role := names.resolve("role", node))),
        place=where,
        level=rank or "",
        basis=basis,
        reason=fields.text("reason"),
        since=fields.day("since"),
        until=fields.day("until"),
        aliases=fields.texts("alias"),
        origin=key.origin,
    )


def edges_of(key: Scalar, fields: Fields, names: Names, facts: Facts) -> Iterator[Edge]:
    """The relations of a unit: a unit, a mapping with dates, or a list of either."""
    for relation in Relation:
        for node in fields.many(relation.value):
            if isinstance(node, Scalar):
                target, since, until = names.resolve("unit", node), None, None
            else:
                dated = facts.fields(node, "edge", ("unit", "since", "until"))
                named = dated.scalar("unit", required=True)
                target, since, until = (
                    (names.resolve("unit", named) if named else None),
                    dated.day("since"),
                    dated.day("until"),
                )
            if target:
                yield Edge(key.text, relation, target, since, until, node.origin)


def reorganisation(facts: Facts, node: Node, names: Names) -> Reorganisation | None:
    fields = facts.fields(node, "reorganisation", ("on", "merge", "rename", "abolish", "into", "label", "authority"))
    on = fields.day("on", required=True)
    kinds: list[Literal["merge", "rename", "abolish"]] = [k for k in ("merge", "rename", "abolish") if k in fields]
    if len(kinds) != 1 or on is None:
        facts.problems.add(
            VocabularyError(
                "RM206",
                "wrong-form",
                found="reorganisation",
                expected="one of merge, rename, abolish",
                origin=node.origin,
            )
        )
        return None
    units = tuple(u for n in fields.scalars(kinds[0]) if (u := names.resolve("unit", n)))
    into = fields.scalar("into", required=kinds[0] == "merge")
    return Reorganisation(
        on, kinds[0], units, names.resolve("unit", into) if into else None,
        fields.label("label", required=kinds[0] == "rename"), fields.text("authority"), node.origin,
    )  # fmt: skip


def read_attributes(facts: Facts, names: Names, zone: ZoneInfo) -> dict[str, Attribute]:
    found = {attribute.id: attribute for attribute in BUILT_IN_ATTRIBUTES}
    keys = (
        "label",
        "of",
        "type",
        "unit",
        "choices",
        "min",
        "max",
        "absent_means",
        "reason",
        "ask",
        "asked_of",
        "alias",
    )
    for key, node in facts.entries("attributes"):
        fields = facts.fields(node, "attribute", keys)
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
    asked = fields.scalar("asked_of")
    unit = fields.label("unit")
    attribute = Attribute(
        id=key.text,
        label=fields.label("label", required=True) or Text(key.text, key.text),
        kind=kind,
        of=fields.word("of", ("event", "subject"), "event"),
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
    elif isinstance(inner, Scalar) and inner.text in set(ValueKind):
        return ValueKind(inner.text), many
    elif isinstance(inner, Scalar):
        fields.problems.unknown("type", inner, [k.value for k in ValueKind], "a type: " + ", ".join(ValueKind))
    else:
        fields.wrong(node, "a type, or a list of one type")
    return TEXT, many


def choice_of(key: Scalar, node: Node, outer: Fields) -> Choice:
    if isinstance(node, Scalar):
        return Choice(key.text, Text(node.text, node.text))
    fields = Fields(node, "choice", ("zh", "en", "alias"), outer.problems)
    zh, en = fields.text("zh"), fields.text("en")
    return Choice(key.text, Text(zh or en or key.text, en or zh or key.text), fields.texts("alias"))


def read_events(facts: Facts, names: Names) -> dict[str, EventType]:
    found = {kind.id: kind for kind in BUILT_IN_EVENTS}
    for key, node in facts.entries("events"):
        fields = facts.fields(node, "event type", ("label", "about", "attributes", "required", "alias"))
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
    keys = (
        "label",
        "means",
        "by",
        "window",
        "open",
        "signed_by",
        "since",
        "status",
        "reason",
        "alias",
    )
    for key, node in facts.entries("readings"):
        fields = facts.fields(node, "reading", keys)
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
    return (
        window_timing(facts.fields(fields.nodes["window"], "window", ("opens", "due", "latest", "rolls_over")))
        if "window" in fields
        else None
    )
