"""Completion: what may stand at the cursor, in a rule, a vocabulary file, a case or a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from remit.editor.cursor import Cursor, cursor_at
from remit.editor.index import Index
from remit.editor.offers import Offer, Sort, fixed_words, in_yaml, keys, of_kind
from remit.editor.sentences import offered as offered_in_step
from remit.editor.shapes import Shape, Slot, shape_of
from remit.editor.spans import Position
from remit.expressions.checker import CASE_FIELDS, EVENT_FIELDS, UNIT_FIELDS
from remit.expressions.lexicon import FIXED
from remit.model.terms import ValueKind
from remit.pack import dialect
from remit.pack.source import BLANK, split

#: More than this many offers help nobody: the editor asks again as more is typed.
MOST = 200
FENCE = re.compile(r"\s{0,3}(```+|~~~+)\s*(rule|规则)?\s*$")
FIELD = re.compile(r"([^\W\d]\w*?)\s*(?:\.|的)\s*(\w*)$")
BESIDE = re.compile(r"([^\W\d]\w*?)\s*(?:\.|的)\s*(\w+)\s*(?:==|!=|＝|＝＝|≠|！＝|!＝|\bin\b|属于)\s*[\[【［]?(?:[^\]】］]*[,，、]\s*)?[\"“「']([^\"”」']*)$")  # fmt: skip
LISTED = re.compile(r"[\"“「']([^\"”」']*)$")
PARTS = re.compile(r"[，；：,;]")
ROOTS = ("event", "subject", "unit", "case", "事件", "当事人", "单位", "案件")
LOGIC = ("且", "或", "非", "属于", "已知", "存在", "全部", "数量", "and", "or", "not", "in", "has", "size", "exists", "all", "true", "false", "真", "假")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered, in place of what was typed from `start` on; `more` where not all of it is told."""

    start: int
    found: tuple[Offer, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Completer:
    """Completes in one file of one pack."""

    index: Index
    language: str

    def at(self, file: str, lines: Sequence[str], position: Position) -> Offers:
        """What may stand at a place."""
        before = [*lines[: position[0]], lines[position[0]][: position[1]]]
        if file.endswith(".feature"):
            return self.chosen(*offered_in_step(before, self.index, self.language))
        shape, begun = shape_of(file), 0
        if shape is None:
            return Offers(position[1])
        if file.endswith(".md"):
            fence = open_fence(before)
            if fence is None:
                return Offers(position[1])
            begun = fence + 1
        cursor = cursor_at(before[begun:])
        return self.chosen(cursor.start, *self.in_yaml(cursor, shape, before, begun))

    def chosen(self, start: int, typed: str, offers: Iterable[Offer]) -> Offers:
        """Those that hold what was typed, the nearest first, each once."""
        wanted, found = typed.casefold(), dict[str, Offer]()
        for offer in sorted(offers, key=lambda o: (not o.text.casefold().startswith(wanted), o.rank)):
            if wanted in offer.text.casefold() or wanted in offer.detail.casefold():
                found.setdefault(offer.text, offer)
        return Offers(start, tuple(found.values())[:MOST], len(found) > MOST)

    # --- YAML -------------------------------------------------------------------------------------

    def in_yaml(self, cursor: Cursor, shape: Shape, before: Sequence[str], begun: int) -> tuple[str, Iterable[Offer]]:
        slot, of = slot_at(shape, cursor.path)
        if slot is None:
            return cursor.typed, ()
        if cursor.at_value and slot.condition:
            return self.in_condition(cursor, before, begun)
        found: list[Offer] = []
        if cursor.at_key and slot.inside is not None:
            found += keys(slot.inside, self.language, cursor.siblings)
            if slot.inside.facts:
                found += self.facts(before, begun)
        if cursor.at_value:
            found += self.values(slot, of, before)
        return cursor.typed, [in_yaml(offer, quoted=cursor.quoted) for offer in found]

    def values(self, slot: Slot, of: str, before: Sequence[str]) -> Iterator[Offer]:
        """What may stand as a value."""
        yield from fixed_words(slot.words, self.language)
        if slot.path:
            yield from self.paths(ValueKind.UNIT if "unit" in slot.names else ValueKind.PLACE)
        if slot.quote:
            yield from quotable(before)
        for kind in slot.names:
            if kind in self.index.own:
                yield from self.own(kind)
            elif kind == "value":
                yield from self.facts_values(of)
            else:
                yield from of_kind(self.index.words, kind, self.language)
        if slot.inside is not None and not slot.called and "role" in slot.inside.keys:
            yield from selectors(self.language)

    def own(self, kind: str) -> Iterator[Offer]:
        return (Offer(name, Sort.NAME, rank=1) for name in sorted(self.index.own[kind]))

    def paths(self, kind: ValueKind) -> Iterator[Offer]:
        """What a place or unit may be read from."""
        fixed = ("event.place", "bearer.place", "事件.地点", "责任单位.地点") if kind is ValueKind.PLACE else ()
        yield from (Offer(path, Sort.FIELD, rank=0) for path in fixed)
        for attribute in self.index.words.vocabulary.attributes.values():
            if attribute.kind is kind and attribute.origin.file:
                yield Offer(f"{attribute.of}.{attribute.id}", Sort.FIELD, attribute.label.of(self.language), rank=1)

    def facts_values(self, of: str) -> Iterator[Offer]:
        """Values of an attribute."""
        attribute = self.index.words.vocabulary.attributes.get(self.index.attribute_id(of))
        match attribute.kind if attribute else None:
            case ValueKind.BOOL:
                yield from fixed_words(("true", "false"), self.language)
            case ValueKind.CHOICE if attribute is not None:
                yield from of_kind(self.index.words, "choice", self.language, attribute.id)
            case ValueKind.PLACE:
                yield from of_kind(self.index.words, "place", self.language)
                yield from of_kind(self.index.words, "unit", self.language)
            case ValueKind.UNIT:
                yield from of_kind(self.index.words, "unit", self.language)
            case _ if attribute is not None and attribute.id == "action":
                yield from of_kind(self.index.words, "action", self.language)
            case _ if attribute is not None and attribute.id == "rule":
                yield from self.own("rule")

    def facts(self, before: Sequence[str], begun: int) -> Iterator[Offer]:
        """The attributes an event carries, where its type can be seen."""
        kind = self.event_above(before[begun:])
        for offer in of_kind(self.index.words, "attribute", self.language):
            name = self.index.attribute_id(offer.text)
            if kind is None or name in self.index.words.vocabulary.event_types[kind].attributes:
                yield Offer(offer.text, offer.sort, offer.detail, f"{offer.text}: ", offer.rank)

    def event_above(self, before: Sequence[str]) -> str | None:
        """The type of the event one is writing."""
        for line in reversed(before):
            found = re.search(r"(?:type|类型)\s*:\s*([^,}#]+)", line)
            if found:
                return self.index.words.names.find("event", found[1].strip().strip("\"'"))
            if re.match(r"\s*-\s", line) and line is not before[-1]:
                break
        return None

    # --- conditions ---------------------------------------------------------------------------------

    def in_condition(self, cursor: Cursor, before: Sequence[str], begun: int) -> tuple[str, Iterable[Offer]]:
        """Fields after a dot, names in quotation marks, words of the language elsewhere; only the end of what was typed counts."""
        typed = cursor.typed
        if beside := BESIDE.search(typed):
            return beside[3], self.beside(beside[1], beside[2])
        if listed := LISTED.search(typed):
            return listed[1], ()
        if dotted := FIELD.search(typed):
            return dotted[2], self.fields(dotted[1], before[begun:])
        word = re.search(r"\w*$", typed)
        roots = (Offer(root, Sort.FIELD, rank=1) for root in ROOTS)
        return (word.group() if word else ""), [*roots, *(Offer(w, Sort.WORD, rank=2) for w in LOGIC)]

    def fields(self, root: str, block: Sequence[str]) -> Iterator[Offer]:
        """What can be read of an event, a person, a unit or the case."""
        known = FIXED.get(root, root)
        fixed = {"unit": UNIT_FIELDS, "case": CASE_FIELDS, "subject": {}}.get(known, EVENT_FIELDS)
        for name in fixed:
            chinese = [zh for zh, en in FIXED.items() if en == name and zh != name]
            yield Offer(name, Sort.FIELD, "、".join(chinese), rank=3)
            yield from (Offer(zh, Sort.FIELD, name, rank=3) for zh in chinese)
        if known == "unit":
            return
        carried = self.carried(block) if known == "event" else None
        for offer in of_kind(self.index.words, "attribute", self.language):
            attribute = self.index.words.vocabulary.attributes[self.index.attribute_id(offer.text)]
            if attribute.of == known if known in ("subject", "case") else carried is None or attribute.id in carried:
                yield offer

    def carried(self, block: Sequence[str]) -> frozenset[str] | None:
        """The attributes of the events that set the rule off, where the rule says which."""
        for line in reversed(block):
            if line.strip() == "---":
                break
            if found := re.match(r"\s*(?:on|触发)\s*:\s*(.+)", line):
                spelled = (part.strip().strip("\"'") for part in found[1].strip("[] ").split(","))
                types = self.index.words.vocabulary.event_types
                events = [types[e] for w in spelled if (e := self.index.words.names.find("event", w))]
                return frozenset(a for event in events for a in event.attributes) if events else None
        return None

    def beside(self, root: str, field: str) -> Iterator[Offer]:
        """The names a field may be compared with."""
        known, name = FIXED.get(root, root), FIXED.get(field, field)
        fixed = {"unit": UNIT_FIELDS, "case": CASE_FIELDS, "subject": {}}.get(known, EVENT_FIELDS)
        if name in fixed:
            kind = fixed[name].names
            return of_kind(self.index.words, kind, self.language) if kind else iter(())
        return self.facts_values(field)


def slot_at(shape: Shape, path: Sequence[str]) -> tuple[Slot | None, str]:
    """What the place under these keys takes, and the attribute it belongs to."""
    slot, of = Slot(inside=shape), ""
    for written in path:
        inside = slot.inside
        if inside is None:
            return None, of
        name = dialect.key(written, inside.place)
        if name in inside.keys:
            slot = inside.keys[name]
        elif inside.entries is not None:
            slot, of = inside.entries, written if inside.declares == "attribute" else of
        elif inside.facts:
            slot, of = Slot(names=("value",)), written
        else:
            return None, of
    return slot, of


def open_fence(before: Sequence[str]) -> int | None:
    """The line on which the rule block around the cursor begins."""
    opened: int | None = None
    inside = False
    for number, line in enumerate(before[:-1]):
        if fence := FENCE.match(line):
            inside = not inside
            opened = number if inside and fence[2] else None
    return opened if inside else None


def quotable(before: Sequence[str]) -> Iterator[Offer]:
    """The sentences of the block quote above, and their clauses."""
    end = next((n for n in range(len(before) - 1, -1, -1) if before[n].lstrip().startswith(">")), None)
    if end is None:
        return
    start = end
    while start > 0 and before[start - 1].lstrip().startswith(">"):
        start -= 1
    for line in before[start : end + 1]:
        for sentence in split(line.lstrip()[1:].strip(BLANK)):
            yield Offer(sentence, Sort.TEXT, rank=1)
            clauses = [clause.strip(BLANK) for clause in PARTS.split(sentence)]
            yield from (Offer(clause, Sort.TEXT, rank=2) for clause in clauses if clause and clause != sentence)


def selectors(language: str) -> Iterator[Offer]:
    """The forms of a selector, with gaps."""
    forms = {
        "zh": ("{角色: $1, 地点: 事件.地点}", "{单位: $1}", "{各: $1}", "{各: 成员, 所属: $1}", "{办公室: $1, 层级: 同级}", "{角色: $1, 沿: 隶属, 所属: 报告单位}"),
        "en": ("{role: $1, place: event.place}", "{unit: $1}", "{each: $1}", "{each: member, of: $1}", "{office_of: $1, level: same}", "{role: $1, via: part_of, of: reporter}"),
    }  # fmt: skip
    for form in forms["zh" if language == "zh" else "en"]:
        yield Offer(form.replace("$1", "…"), Sort.TEXT, insert=form, rank=0, snippet=True)
