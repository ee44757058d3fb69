"""The names within a feature: in the steps, in their tables, and in the examples of an outline; line by line, however half-typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from remit.editor.mentions import Mention
from remit.editor.spans import Position, Span

#: Of each named part of a step's wording, what it names.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "unit": ("unit",), "role": ("role",), "place": ("place", "unit"), "kind": ("event",), "action": ("action",),
    "rule": ("rule",), "fact": ("attribute",), "whom": ("role",), "value": ("value",),
}  # fmt: skip
CLAUSES: Mapping[str, tuple[str, ...]] = {
    "to": ("unit", "people"), "with": ("unit", "people"), "performer": ("unit",), "rule": ("rule",),
}  # fmt: skip
PARTIES = frozenset({"to", "with", "performer"})
COLUMNS: Mapping[str, tuple[str, ...]] = {"unit": ("unit",), "action": ("action",), **CLAUSES}
NOBODY = frozenset({"无", "none"})
PLACEHOLDER = re.compile(r"<([^<>]+)>")
CELL = re.compile(r"(?<!\\)\|")
HEADINGS = frozenset({("属性", "值"), ("事实", "值"), ("fact", "value")})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a feature: what it is, what follows its keyword, and where that begins."""

    number: int
    kind: str
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name within a step: its kinds, and its first and last letter in the step's text."""

    kinds: tuple[str, ...]
    start: int
    end: int
    of: str = ""


@dataclass(slots=True)
class Told:
    """What a feature holds: its names, and the steps no wording fits."""

    mentions: list[Mention] = field(default_factory=list)
    strange: list[Line] = field(default_factory=list)


@lru_cache(maxsize=1)
def keywords() -> tuple[tuple[str, str], ...]:
    """Keyword → kind of line, in Chinese and English, longest first."""
    from gherkin.dialect import Dialect

    found: dict[str, str] = {}
    for dialect in filter(None, (Dialect.for_name("zh-CN"), Dialect.for_name("en"))):
        steps = (dialect.given_keywords, dialect.when_keywords, dialect.then_keywords, dialect.and_keywords, dialect.but_keywords)  # fmt: skip
        found |= {word: "step" for words in steps for word in words}
        heads = {
            "scenario": (*dialect.scenario_keywords, *dialect.scenario_outline_keywords, *dialect.background_keywords),
            "examples": dialect.examples_keywords,
            "feature": (*dialect.feature_keywords, *dialect.rule_keywords),
        }
        found |= {f"{word}{colon}": kind for kind, words in heads.items() for word in words for colon in ":："}
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def lines_of(text: Sequence[str]) -> Iterator[Line]:
    """Every line that says something."""
    for number, raw in enumerate(text):
        body = raw.strip()
        column = len(raw) - len(raw.lstrip())
        if not body or body.startswith("#"):
            continue
        if body.startswith("|"):
            yield Line(number, "row", body, column)
            continue
        written = raw.lstrip()
        word, kind = next(((w, k) for w, k in keywords() if written.startswith(w)), ("", "text"))
        rest = written[len(word) :]
        yield Line(number, kind, rest.strip(), column + len(word) + len(rest) - len(rest.lstrip()))


def read_feature(text: Sequence[str]) -> Told:
    """All names of a feature."""
    told, scenario = Told(), list[Line]()
    for line in lines_of(text):
        if line.kind in ("scenario", "feature"):
            read_scenario(scenario, told)
            scenario = []
        scenario.append(line)
    read_scenario(scenario, told)
    return told


def read_scenario(lines: Sequence[Line], told: Told) -> None:
    """A scenario: its steps with their tables, told once for each example."""
    found: dict[tuple[Span, tuple[str, ...]], Mention] = {}
    strange: dict[int, Line] = {}
    for example in examples_of(lines) or ({},):
        step, header = "", list[str]()
        for line in lines:
            match line.kind:
                case "step":
                    written = filled(line.text, line.number, line.column, example)
                    step, header = written.text, []
                    if names_in(step) is None:
                        strange[line.number] = line
                    named = [written.part(n.start, n.end, n.kinds, n.of) for n in names_in(step) or ()]
                case "row" if step:
                    cells = [filled(text, line.number, column, example) for text, column in cells_of(line)]
                    named = list(row(cells, header, step))
                    header = header or [cell.text for cell in cells]
                case "row":
                    continue
                case _:
                    step, named = "", []
            found |= {(m.span, m.kinds): m for m in named if m is not None and m.span is not None}
    told.mentions += found.values()
    told.strange += strange.values()


def row(cells: Sequence[Filled], header: Sequence[str], step: str) -> Iterator[Mention | None]:
    """The names of one row: of a list of duties, beneath its header, or of the facts of a report."""
    if is_list(step):
        for name, cell in zip(header, cells, strict=False):
            yield from of_cell(list_columns().get(name, ""), cell)
    elif len(cells) > 1 and (cells[0].text, cells[1].text) not in HEADINGS:
        yield cells[0].part(0, len(cells[0].text), ("attribute",))
        yield cells[1].part(0, len(cells[1].text), ("value",), cells[0].text)


def of_cell(column: str, cell: Filled) -> Iterator[Mention | None]:
    """The names in a cell of a list of duties; of parties several, perhaps with how many there are: `甲、乙等3个单位`."""
    from remit.steps.definitions import IN_CELL

    kinds, text = COLUMNS.get(column, ()), cell.text
    among = IN_CELL.fullmatch(text) if column in PARTIES else None
    if column in PARTIES and text in NOBODY:
        return
    text = among["names"] if among else text
    at = 0
    for part in text.split("、") if column in PARTIES else [text]:
        if kinds:
            yield cell.part(at, at + len(part), kinds)
        at += len(part) + 1


def cells_of(line: Line) -> Iterator[tuple[str, int]]:
    """The cells of a row, each with its column in the file."""
    ends = [found.start() for found in CELL.finditer(line.text)]
    for start, end in pairwise(ends):
        cell = line.text[start + 1 : end]
        yield cell.strip(), line.column + start + 1 + len(cell) - len(cell.lstrip())


# --- outlines --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its gaps filled, and for each letter its place in the file: in the step, or in the examples."""

    text: str
    places: Sequence[Position]

    def part(self, start: int, end: int, kinds: tuple[str, ...], of: str = "") -> Mention | None:
        """A name within it; None where it is nothing, or is put together from several places."""
        if start >= end:
            return None
        (line, first), last = self.places[start], self.places[end - 1]
        if last != (line, first + end - start - 1):
            return None
        return Mention(kinds, self.text[start:end], Span((line, first), (line, last[1] + 1)), line, of=of)


Example = Mapping[str, tuple[str, int, int]]


def examples_of(lines: Sequence[Line]) -> list[Example]:
    """Of each row of the examples, column → what stands there, and where."""
    found: list[Example] = []
    header: list[str] | None = None
    inside = False
    for line in lines:
        if line.kind == "row" and inside:
            cells = list(cells_of(line))
            if header is None:
                header = [text for text, _ in cells]
            else:
                found.append({name: (text, line.number, at) for name, (text, at) in zip(header, cells, strict=False)})
        else:
            inside, header = line.kind == "examples", None
    return found


def filled(text: str, line: int, column: int, example: Example) -> Filled:
    """The text as it is told for one example."""
    written, places, position = "", list[Position](), 0
    for gap in PLACEHOLDER.finditer(text):
        if gap[1] not in example:
            continue
        value, there, at = example[gap[1]]
        written += text[position : gap.start()] + value
        places += [(line, column + n) for n in range(position, gap.start())]
        places += [(there, at + n) for n in range(len(value))]
        position = gap.end()
    return Filled(written + text[position:], [*places, *((line, column + n) for n in range(position, len(text)))])


# --- one step --------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def wordings() -> tuple[re.Pattern[str], ...]:
    """Every wording of every step, as the scenarios are run by."""
    from remit.steps.definitions import DEFINITIONS

    return tuple(re.compile(definition.parser.name) for definition in DEFINITIONS)


@lru_cache(maxsize=1)
def list_columns() -> Mapping[str, str]:
    """The headings of a list of duties, in both languages, and what each is."""
    from remit.steps.definitions import COLUMNS as SPELLED

    return SPELLED


def is_list(step: str) -> bool:
    """Whether the table of a step lists duties rather than facts."""
    return "产生以下义务" in step or "these duties arise" in step


@lru_cache(maxsize=10_000)
def names_in(step: str) -> tuple[Named, ...] | None:
    """The names of a step; None where no wording fits."""
    found = next((match for pattern in wordings() if (match := pattern.fullmatch(step))), None)
    return tuple(of_match(found)) if found is not None else None


def of_match(found: re.Match[str]) -> Iterator[Named]:
    from remit.steps.definitions import CLAUSES as SPELLED
    from remit.steps.definitions import ONE_CLAUSE, QUOTED

    groups = found.groupdict()
    for group, kinds in GROUPS.items():
        if groups.get(group) is not None:
            yield Named(kinds, *found.span(group), groups["fact"] if group == "value" else "")
    if groups.get("tail"):
        for clause in ONE_CLAUSE.finditer(found.string, *found.span("tail")):
            kinds = CLAUSES.get(SPELLED[clause[1]], ())
            for quoted in QUOTED.finditer(found.string, *clause.span(2)) if kinds else ():
                yield Named(kinds, *quoted.span(1))
