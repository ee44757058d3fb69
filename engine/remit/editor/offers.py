"""What can be offered where one types: names of the vocabulary under each of their spellings, keys and fixed words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from remit.editor.shapes import Shape, Slot
from remit.model.text import Text
from remit.model.vocabulary import Vocabulary
from remit.pack import dialect
from remit.pack.draft import Words

#: What YAML would take for something else than a plain text.
SPECIAL = re.compile(r"""[{}\[\],]|: |:$| #|^[-?:#&*!|>%@`"']""")
Named = tuple[str, Text, tuple[str, ...]]


class Sort(Enum):
    """What an offer is, for the sign an editor shows beside it."""

    NAME = "name"
    KEY = "key"
    WORD = "word"
    FIELD = "field"
    TEXT = "text"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be written here.

    Attributes:
        text: what is shown and looked for.
        insert: what is written in its place; left out, the same.
        detail: what it means.
        rank: lower comes first.
        snippet: `insert` holds gaps to be filled.
    """

    text: str
    sort: Sort
    detail: str = ""
    insert: str | None = None
    rank: int = 5
    snippet: bool = False


def named_things(vocabulary: Vocabulary, kind: str, of: str = "") -> Iterator[Named]:
    """(id, label, aliases) of everything of a kind."""
    if kind == "choice":
        attribute = vocabulary.attributes.get(of)
        yield from ((c.id, c.label, c.aliases) for c in (attribute.choices if attribute else ()))
        return
    if kind == "level":
        yield from ((name, label, ()) for name, label in vocabulary.level_labels.items())
        return
    homes: Mapping[str, Iterable[object]] = {
        "attribute": vocabulary.attributes.values(),
        "event": vocabulary.event_types.values(),
        "action": vocabulary.actions.values(),
        "role": vocabulary.roles.values(),
        "place": vocabulary.places.values(),
        "unit": vocabulary.units.values(),
        "reading": vocabulary.readings.values(),
    }
    for item in homes.get(kind, ()):
        yield item.id, item.label, item.aliases  # type: ignore[attr-defined]  # each of them has the three


def of_kind(words: Words, kind: str, language: str, of: str = "", *, ids_first: bool = True) -> Iterator[Offer]:
    """Everything of a kind: its id, and each label and alias that means it alone."""
    for name, label, aliases in named_things(words.vocabulary, kind, of):
        both = " · ".join(dict.fromkeys((label.of(language), label.of("en" if language == "zh" else "zh"))))
        yield Offer(name, Sort.NAME, both, rank=1 if ids_first else 4)
        for spelling in dict.fromkeys((label.zh, label.en, *aliases)):
            alone = kind == "choice" or words.names.find(kind, spelling) == name
            if spelling != name and alone:
                own = spelling == label.of(language)
                yield Offer(spelling, Sort.NAME, name, rank=2 if own else 3)


def fixed_words(given: Iterable[str], language: str) -> Iterator[Offer]:
    """Fixed words in both languages, the reader's first."""
    for word in given:
        chinese = [zh for zh, en in dialect.WORDS.items() if en == word] or [
            zh for zh, en in dialect.KEYS.items() if en == word
        ]
        yield Offer(word, Sort.WORD, "、".join(chinese), rank=2 if language == "zh" and chinese else 1)
        for zh in chinese[:1]:
            yield Offer(zh, Sort.WORD, word, rank=1 if language == "zh" else 2)


def keys(shape: Shape, language: str, taken: Iterable[str]) -> Iterator[Offer]:
    """The keys of a mapping that are not there yet, in both languages."""
    there = {dialect.key(key, shape.place) for key in taken}
    for name, slot in shape.keys.items():
        if name in there:
            continue
        chinese = [zh for zh in dialect.spellings(shape.place, (name,)) if zh != name]
        yield key(name, "、".join(chinese), slot, 2 if language == "zh" and chinese else 1)
        for zh in chinese:
            yield key(zh, name, slot, 1 if language == "zh" else 2)


def key(written: str, detail: str, slot: Slot, rank: int) -> Offer:
    braces = slot.inside is not None and not slot.names and not slot.words and not slot.called
    value = f"{written}: {{$1}}" if braces else f"{written}: "
    return Offer(written, Sort.KEY, detail, insert=value, rank=rank, snippet=braces)


def in_yaml(offer: Offer, *, quoted: bool) -> Offer:
    """As it has to be written in YAML: in quotation marks where it would be read as something else."""
    if quoted or offer.snippet or offer.insert is not None or not SPECIAL.search(offer.text):
        return offer
    escaped = offer.text.replace("\\", "\\\\").replace('"', '\\"')
    return replace(offer, insert=f'"{escaped}"')
