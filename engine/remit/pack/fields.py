"""`Fields`: one mapping of a pack's YAML, asked key by key; what does not fit is collected, not raised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remit.errors import Origin, VocabularyError, nearest
from remit.model.text import Text
from remit.pack import dialect
from remit.pack.values import Unfit, day
from remit.pack.yaml_reader import Mapping, Node, Problems, Scalar, Sequence

#: So many keys are named one by one.
FEW = 14
#: What a place is called in messages, where not by its own name.
CALLED = {
    "by": "limit", "units-file": "units file", "counts_as": "statement", "inferred": "list of inferred parts", "done": "act", "breach": "act",
    "headings": "list of headings", "counting": "convention of counting", "articles": "list of articles", "at_least": "minimum of working days",
}  # fmt: skip
LABEL_KEYS = ("zh", "en")
TRUTH = {"true": True, "false": False}
WHOLE = re.compile(r"-?\d+")


class Fields:
    """The keys of one mapping under their canonical names.

    Args:
        node: the mapping.
        place: what it is (`rule`, `unit` …); decides how Chinese keys are read and is said in errors.
        allowed: canonical keys that may stand here; any other is an error with the nearest.
    """

    def __init__(self, node: Node | None, place: str, allowed: Iterable[str], problems: Problems) -> None:
        self.problems, self.place, self.origin = problems, place, node.origin if node else Origin()
        self.nodes: dict[str, Node] = {}
        self.keys: dict[str, Origin] = {}
        self.written: dict[str, str] = {}
        self.misspelt: set[str] = set()  # keys that an unknown key was probably meant to be
        self.hollow = node is None  # it is no mapping at all, and that has been told
        names = frozenset(allowed)
        if node is not None and not isinstance(node, Mapping):
            self.hollow = True
            if isinstance(node, Scalar) and node.text == "" and not node.quoted:
                problems.add(VocabularyError("RM220", "empty-value", found="nothing", expected=f"the keys of {called(place)}", origin=node.origin))  # fmt: skip
            else:
                self.wrong(node, f"keys and values, such as {{{next(iter(allowed))}: …}}")
            return
        for key, value in node.items if node else ():
            name = dialect.key(key.text, place)
            if name not in names:
                self.unknown(key, tuple(allowed))
            elif name in self.nodes:
                problems.add(
                    VocabularyError(
                        "RM202",
                        "duplicate-key",
                        found=key.text,
                        expected="each key once",
                        origin=key.origin,
                    )
                )
            elif isinstance(value, Scalar) and value.text == "" and not value.quoted:
                problems.add(
                    VocabularyError(
                        "RM220",
                        "empty-value",
                        found=f"{key.text}:",
                        expected="a value after the key",
                        origin=key.origin,
                    )
                )
            else:
                self.nodes[name], self.keys[name], self.written[name] = value, key.origin, key.text

    def unknown(self, key: Scalar, allowed: tuple[str, ...]) -> None:
        """RM205, with the nearest key that is not there already; of a few keys, all are named."""
        spelled = dialect.spellings(self.place, (name for name in allowed if name not in self.nodes))
        meant = nearest(key.text, spelled)
        expected = f"a key of {called(self.place)}" + (f": {', '.join(allowed)}" if len(allowed) <= FEW else "")
        self.misspelt.add(dialect.key(meant, self.place) if meant else "")
        self.problems.add(VocabularyError("RM205", "unknown-key", found=key.text, expected=expected, origin=key.origin, suggestion=meant))  # fmt: skip

    def shown(self, names: Iterable[str]) -> str:
        """Keys as the author wrote them."""
        return ", ".join(self.written[name] for name in names)

    def __contains__(self, name: str) -> bool:
        return name in self.nodes

    def wrong(self, node: Node, expected: str) -> None:
        """RM206: a text where a list was meant, and the like."""
        found = node.text if isinstance(node, Scalar) else ("a list" if isinstance(node, Sequence) else "a mapping")
        self.problems.add(VocabularyError("RM206", "wrong-form", found=found, expected=expected, origin=node.origin))

    def unfit(self, node: Scalar, expected: str) -> None:
        """RM208: a value that is not what the vocabulary says."""
        self.problems.add(
            VocabularyError("RM208", "wrong-value", found=node.text, expected=expected, origin=node.origin)
        )

    def missing(self, name: str) -> None:
        """RM207; not where the key is there and only misspelt."""
        if not self.hollow and name not in self.misspelt:
            self.problems.add(VocabularyError("RM207", "missing-key", found=f"{called(self.place)} without {name}", expected=f"the key `{name}`", origin=self.origin))  # fmt: skip

    def scalar(self, name: str, *, required: bool = False) -> Scalar | None:
        node = self.nodes.get(name)
        if node is None:
            if required and name not in self.nodes:
                self.missing(name)
            return None
        if not isinstance(node, Scalar):
            self.wrong(node, "one value")
            return None
        return node

    def text(self, name: str, *, required: bool = False) -> str | None:
        node = self.scalar(name, required=required)
        return node.text if node else None

    def word(self, name: str, choices: Iterable[str], default: str) -> str:
        """One of a few fixed words, in either language."""
        node = self.scalar(name)
        if node is None:
            return default
        found, known = dialect.word(node.text), tuple(choices)
        if found not in known:
            self.problems.add(
                VocabularyError(
                    "RM208", "wrong-value", found=node.text, expected=f"one of {', '.join(known)}", origin=node.origin,
                    suggestion=nearest(node.text, (*known, *(zh for zh, en in dialect.WORDS.items() if en in known))),
                )
            )  # fmt: skip
            return default
        return found

    def truth(self, name: str, *, default: bool = False) -> bool:
        node = self.scalar(name)
        if node is None:
            return default
        value = TRUTH.get(dialect.word(node.text))
        if value is None:
            self.unfit(node, "true or false (是 or 否)")
        return bool(value)

    def whole(self, name: str) -> int | None:
        node = self.scalar(name)
        if node is None:
            return None
        if not WHOLE.fullmatch(node.text) or len(node.text) > 12:
            self.unfit(node, "a whole number")
            return None
        return int(node.text)

    def day(self, name: str, *, required: bool = False) -> date | None:
        node = self.scalar(name, required=required)
        return as_day(node, self) if node else None

    def label(self, name: str, *, required: bool = False) -> Text | None:
        """`{zh: …, en: …}` or one text for both."""
        node = self.nodes.get(name)
        if node is None:
            if required:
                self.missing(name)
            return None
        if isinstance(node, Scalar):
            return Text(node.text, node.text)
        inner = Fields(node, "label", LABEL_KEYS, self.problems)
        zh, en = inner.text("zh"), inner.text("en")
        if zh is None and en is None:
            self.wrong(node, "a text, or {zh: …, en: …}")
            return None
        return Text(zh or en or "", en or zh or "")

    def scalars(self, name: str) -> tuple[Scalar, ...]:
        """One value or a list of values."""
        node = self.nodes.get(name)
        match node:
            case None:
                return ()
            case Scalar():
                return (node,)
            case Sequence(items):
                for item in items:
                    if not isinstance(item, Scalar):
                        self.wrong(item, "one value")
                return tuple(item for item in items if isinstance(item, Scalar))
            case _:
                self.wrong(node, "one value or a list")
                return ()

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(node.text for node in self.scalars(name))

    def many(self, name: str) -> tuple[Node, ...]:
        """A node, or the members of a list."""
        node = self.nodes.get(name)
        if node is None:
            return ()
        return node.items if isinstance(node, Sequence) else (node,)

    def entries(self, name: str) -> Iterator[tuple[Scalar, Node]]:
        """The pairs of a mapping."""
        node = self.nodes.get(name)
        if isinstance(node, Mapping):
            yield from node.items
        elif node is not None:
            self.wrong(node, "a mapping")


def called(place: str) -> str:
    """With its article.

    >>> called("event type"), called("by"), called("unit")
    ('an event type', 'a limit', 'a unit')
    """
    name = CALLED.get(place, place)
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def as_day(node: Scalar, fields: Fields) -> date | None:
    """A day that exists."""
    try:
        return day(node.text)
    except Unfit as wrong:
        fields.unfit(node, wrong.expected)
        return None


def zone_of(fields: Fields) -> ZoneInfo:
    """The `zone` of a pack or a place; UTC where it is not one, which is told."""
    node = fields.scalar("zone", required=True)
    try:
        return ZoneInfo(node.text if node else "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if node:
            fields.problems.unknown("zone", node, ("Asia/Shanghai", "Europe/Berlin", "UTC"), "a time zone such as Asia/Shanghai")  # fmt: skip
        return ZoneInfo("UTC")
