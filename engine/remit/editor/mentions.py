"""Every name that stands in a pack's YAML, as written and with its exact place; what it means is not asked here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from remit.editor.shapes import Shape, Slot
from remit.editor.spans import Span, span_of
from remit.pack import dialect
from remit.pack.yaml_reader import Mapping, Node, Scalar
from remit.pack.yaml_reader import Sequence as Items

#: Where a path to a fact begins.
ROOTS = ("event", "bearer", "subject")


class Part(Enum):
    """What a name does where it stands."""

    DECLARES = "declares"
    CALLED = "called"
    USES = "uses"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name somewhere.

    Attributes:
        kinds: what it may name, in the order in which they are tried. `choice` and `value` belong to an attribute, `of`.
        written: as it stands there.
        span: where; None where it is written otherwise than it reads.
        line: the line it begins on, from 0, in any case.
        part: a declaration, a further name within one, or a use.
        of: the attribute as written, of a choice or value.
        names: of a further name, the id of what is declared around it.
    """

    kinds: tuple[str, ...]
    written: str
    span: Span | None
    line: int
    part: Part = Part.USES
    of: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition and where it stands."""

    scalar: Scalar


Found = Mention | Clause


@dataclass(frozen=True, slots=True)
class Owner:
    """What is being declared around a value."""

    kind: str = ""
    name: str = ""
    attribute: str = ""


NOBODY = Owner()


@dataclass(frozen=True, slots=True)
class Walker:
    """Goes through a document beside its shape; what does not fit the shape holds no names."""

    lines: Sequence[str]

    def document(self, node: Node, shape: Shape) -> Iterator[Found]:
        """All that stands in one document."""
        return self.value(node, Slot(inside=shape), NOBODY)

    def value(self, node: Node, slot: Slot, owner: Owner) -> Iterator[Found]:
        match node:
            case Items(items):
                for item in items:
                    yield from self.value(item, slot, owner)
            case Scalar():
                yield from self.scalar(node, slot, owner)
            case Mapping() if slot.inside is not None:
                yield from self.mapping(node, slot.inside, owner)
            case _:
                return

    def scalar(self, node: Scalar, slot: Slot, owner: Owner) -> Iterator[Found]:
        if slot.condition:
            yield Clause(node)
        elif slot.declares:
            yield self.mention((slot.declares,), node, Part.DECLARES)
        elif slot.called and owner.kind:
            yield self.mention((owner.kind,), node, Part.CALLED, owner.attribute, owner.name)
        elif slot.path and dialect.path(node.text).partition(".")[0] in ROOTS and "." in dialect.path(node.text):
            yield from self.path(node)
        elif slot.names == ("value",):
            yield self.mention(slot.names, node, Part.USES, owner.name)
        elif slot.names and not (slot.words and dialect.word(node.text) in slot.words):
            yield self.mention(slot.names, node)

    def mapping(self, node: Mapping, shape: Shape, owner: Owner) -> Iterator[Found]:
        inside = owner
        for key, value in node.items:
            if dialect.key(key.text, shape.place) == "id" and "id" in shape.keys and isinstance(value, Scalar):
                inside = Owner(shape.keys["id"].declares, value.text)
        for key, value in node.items:
            name = dialect.key(key.text, shape.place)
            if name in shape.keys:
                yield from self.value(value, shape.keys[name], inside)
            elif shape.entries is not None:
                of = owner.name if shape.declares == "choice" else ""
                if shape.declares:
                    yield self.mention((shape.declares,), key, Part.DECLARES, of)
                yield from self.value(value, shape.entries, Owner(shape.declares, key.text, of))
            elif shape.facts:
                yield self.mention(("attribute",), key)
                yield from self.value(value, Slot(names=("value",)), Owner("attribute", key.text))

    def path(self, node: Scalar) -> Iterator[Found]:
        """`event.origin`, `当事人的住址`: the attribute after the dot."""
        span = span_of(self.lines, node)
        at = max(node.text.find("."), node.text.find("的") if "." not in node.text else -1) + 1
        name = node.text[at:]
        if dialect.path(node.text) in ("event.place", "bearer.place"):
            return
        exact = Span((span.start[0], span.start[1] + at), span.end) if span else None
        yield Mention(("attribute",), name, exact, node.origin.line - 1)

    def mention(
        self, kinds: tuple[str, ...], node: Scalar, part: Part = Part.USES, of: str = "", names: str = ""
    ) -> Mention:
        return Mention(kinds, node.text, span_of(self.lines, node), node.origin.line - 1, part, of, names)
