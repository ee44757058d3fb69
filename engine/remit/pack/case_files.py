"""Case files → events: YAML, JSON, JSON Lines or CloudEvents, and plain mappings; each id once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from remit.errors import EventError, Origin, PackError, nearest
from remit.model.event import Event
from remit.pack import dialect
from remit.pack.events import EventReader
from remit.pack.json_reader import read_json
from remit.pack.yaml_reader import Mapping as MappingNode
from remit.pack.yaml_reader import Node, Scalar, Sequence, decoded, read

Source = str | Path | bytes | Mapping[str, object] | Iterable[Mapping[str, object]]
KEYS = ("case", "events", "label", "about")


def read_case(reader: EventReader, source: Source, repeated: list[Event] | None = None) -> tuple[Event, ...]:
    """The events of a case file, of its contents, of a mapping `{case, events}`, or of several events.

    `repeated` takes the events that stand there again with the same content; they count once.

    Raises:
        EventError: as `EventReader.event`; RM402, the file cannot be read; RM410, it is not a case file; RM411, an id
            twice with different content.
    """
    match source:
        case Path() | str():
            found = from_bytes(reader, contents(Path(source)), str(source))
        case bytes():
            found = from_bytes(reader, source, "<stdin>")
        case Mapping():
            found = from_mapping(reader, source)
        case _:
            found = tuple(reader.event(fields) for fields in source)
    return once(found, repeated)


def read_object(reader: EventReader, raw: bytes) -> Event:
    """The event that one JSON object says.

    Raises:
        EventError: as `read_case`; RM410, it is not one JSON object.
    """
    nodes = read_json(decoded(raw, ""), "")
    if len(nodes) != 1:
        raise EventError(
            "RM410", "not-a-case-file", found=f"{len(nodes)} values", expected="one event: id, type, at, …"
        )
    return one(reader, nodes[0], None)


def contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise EventError("RM402", "no-such-file", found=str(path), expected="a case file that can be read", hint=failure.strerror) from None  # fmt: skip


def from_bytes(reader: EventReader, raw: bytes, file: str) -> tuple[Event, ...]:
    text = decoded(raw, file)
    if looks_like_json(text, file):
        nodes = read_json(text, file)
    else:
        try:
            node = read(text, file)
        except PackError as several:  # it is no pack: what is wrong with it is the first of them
            raise several.problems[0] from None
        nodes = (node,) if node is not None else ()
    if not nodes:
        raise EventError("RM410", "not-a-case-file", found="an empty file", expected="`case:` and `events:`", origin=Origin(file))  # fmt: skip
    return tuple(event for node in nodes for event in from_node(reader, node))


def looks_like_json(text: str, file: str) -> bool:
    """JSON, by name or, where the name says nothing, by look."""
    suffix = Path(file).suffix
    return suffix in (".json", ".jsonl", ".ndjson") or (suffix not in (".yaml", ".yml") and text.lstrip()[:1] in ("{", "["))  # fmt: skip


def from_mapping(reader: EventReader, fields: Mapping[str, object]) -> tuple[Event, ...]:
    keys = {dialect.key(key, "case"): value for key, value in fields.items()}
    events = keys.get("events")
    if not isinstance(events, list | tuple):
        return (reader.event(fields),)
    case = keys.get("case")
    return tuple(reader.event(e, case=str(case) if case is not None else None) for e in events)


def from_node(reader: EventReader, node: Node) -> Iterator[Event]:
    """The events of one document: a case, one event, or a list of events."""
    yield from (one(reader, member, case) for member, case in members(node))


def members(node: Node) -> Iterator[tuple[Node, str | None]]:
    """The events of one document as they stand there, each with the case the document says it is of.

    Raises:
        EventError: RM410, it is not a document of events.
    """
    match node:
        case Sequence(items) if items:
            yield from ((item, None) for item in items)
        case MappingNode():
            keys = {dialect.key(key.text, "case"): (key, value) for key, value in node.items}
            if "events" not in keys:
                require_event(node)
                yield node, None
                return
            yield from of_case(keys)
        case _:
            raise unlike(node, node.text if isinstance(node, Scalar) else "an empty list", "`case:` and `events:`")


def require_event(node: MappingNode) -> None:
    """A mapping without `events` is one event, and has something of one."""
    own = {dialect.key(key.text, "event") for key, _ in node.items}
    if not own & {"id", "type", "specversion"}:
        near = next(((key, meant) for key, _ in node.items if (meant := nearest(key.text, ("events", "事件")))), None)
        found, origin, meant = (near[0].text, near[0].origin, near[1]) if near else ("a case without events", node.origin, None)  # fmt: skip
        raise EventError("RM410", "not-a-case-file", found=found, expected="`case:` and `events:`", origin=origin, suggestion=meant)  # fmt: skip


def of_case(keys: Mapping[str, tuple[Scalar, Node]]) -> Iterator[tuple[Node, str | None]]:
    for name, (key, _) in keys.items():
        if name not in KEYS:
            raise EventError("RM410", "unknown-key", found=key.text, expected="`case`, `events`, `label` or `about`", origin=key.origin, suggestion=nearest(key.text, (*KEYS, "案件", "事件")))  # fmt: skip
    case, events = keys["case"][1] if "case" in keys else None, keys["events"][1]
    if case is not None and not isinstance(case, Scalar):
        raise unlike(case, "case", "one name for the case")
    if not isinstance(events, Sequence):
        raise unlike(events, "events", "a list of events")
    yield from ((member, case.text if case else None) for member in events.items)


def one(reader: EventReader, node: Node, case: str | None) -> Event:
    if not isinstance(node, MappingNode):
        raise unlike(node, "a value", "an event: id, type, at, …")
    plain, origins = as_plain(node)
    return reader.event(plain, case=case, origin=node.origin, origins=origins)


def unlike(node: Node, found: str, expected: str) -> EventError:
    return EventError("RM410", "not-a-case-file", found=found, expected=expected, origin=node.origin)


def as_plain(node: MappingNode) -> tuple[dict[str, object], dict[str, Origin]]:
    """A mapping as plain values, and where each key's value stands (canonical names too); of `key:`, the key itself."""
    plain: dict[str, object] = {}
    origins: dict[str, Origin] = {}
    for key, value in node.items:
        plain[key.text] = plain_value(value)
        origins[f"{key.text}:"] = key.origin
        origins[key.text] = origins[dialect.key(key.text, "event")] = value.origin
        if isinstance(value, MappingNode):
            origins |= {k: o for k, o in as_plain(value)[1].items() if k not in origins}
    return plain, origins


def plain_value(node: Node) -> object:
    match node:
        case Scalar(text):
            return text
        case MappingNode():
            return as_plain(node)[0]
        case _:
            return [plain_value(item) for item in node.items]


def once(events: tuple[Event, ...], repeated: list[Event] | None = None) -> tuple[Event, ...]:
    """Each id once; the same event twice is one event, and goes to `repeated` as well.

    Raises:
        EventError: RM411, an id stands for two different events.
    """
    found: dict[str, Event] = {}
    for event in events:
        kept = found.setdefault(event.id, event)
        if kept != event:
            raise EventError("RM411", "event-id-twice", found=event.id, expected="a different id for a different event", origin=event.where)  # fmt: skip
        if kept is not event and repeated is not None:
            repeated.append(event)
    return tuple(found.values())
