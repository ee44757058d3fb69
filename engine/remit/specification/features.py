"""Feature files → scenarios: outlines filled in, every step with its line; and what is wrong with a file, at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remit.errors import Origin, RemitError, SpecificationError, nearest

KINDS = {"Context": "given", "Action": "when", "Outcome": "then"}
PLACEHOLDER = re.compile(r"<([^<>\s][^<>]*)>")
PLACED = re.compile(r"\(\d+:\d+\): (.*)", re.DOTALL)
HEADINGS = ("feature", "background", "rule", "scenario", "scenarioOutline", "examples")
STEPS = ("given", "when", "then", "and", "but")
#: How alike a line's beginning and a keyword must be for the line to be a step misspelt, and not prose.
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `given`, `when` or `then`, the keyword as written, the words, and the table under it."""

    kind: str
    keyword: str
    text: str
    line: int
    table: tuple[tuple[str, ...], ...] | None = None

    @property
    def written(self) -> str:
        """As it stands in the file, without its table."""
        gap = "" if self.keyword and ord(self.keyword[-1]) > 0x2E80 else " "
        return f"{self.keyword}{gap}{self.text}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, or one example of an outline.

    Attributes:
        line: where the scenario begins.
        row: the line of its example, or None.
        example: the example's values, by column.
        language: `zh` or `en`.
    """

    file: str
    line: int
    name: str
    feature: str
    tags: tuple[str, ...]
    language: str
    steps: tuple[Step, ...]
    row: int | None = None
    example: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        return f"{self.file}:{self.row or self.line}"

    @property
    def title(self) -> str:
        """The name, and of an outline the example's values."""
        shown = (
            self.name
            if "<" not in self.name
            else PLACEHOLDER.sub(lambda m: dict(self.example).get(m[1], m[0]), self.name)
        )
        values = "、".join(value for _, value in self.example) if self.language == "zh" else ", ".join(value for _, value in self.example)  # fmt: skip
        return (
            f"{shown}（{values}）" if values and self.language == "zh" else f"{shown} ({values})" if values else shown
        )


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature file."""

    file: str
    name: str
    description: str
    language: str
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Specification:
    """Every feature of a pack that can be read, and what is wrong with the others."""

    features: tuple[Feature, ...]
    problems: tuple[RemitError, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return tuple(scenario for feature in self.features for scenario in feature.scenarios)


def read_specification(root: Path) -> Specification:
    """The features of a pack, in the order of their files.

    Raises:
        SpecificationError: RM825, the pack has no feature file.
    """
    paths = sorted((root / "features").rglob("*.feature"))
    if not paths:
        raise SpecificationError("RM825", "no-features", found="features/", expected="at least one features/NAME.feature", origin=Origin("features"))  # fmt: skip
    read = [read_feature(path, path.relative_to(root).as_posix()) for path in paths]
    features = tuple(feature for feature, _ in read if feature is not None)
    return Specification(features, tuple(problem for _, problems in read for problem in problems))


def read_feature(path: Path, file: str) -> tuple[Feature | None, list[RemitError]]:
    """One file, or its problems; of a file with problems, the scenarios that have none are told all the same."""
    from gherkin.errors import CompositeParserException
    from gherkin.parser import Parser
    from gherkin.pickles.compiler import Compiler

    from remit.pack.yaml_reader import decoded

    try:
        text = decoded(path.read_bytes(), file)
    except RemitError as problem:
        return None, [problem]
    try:
        document: Any = Parser().parse(text)
    except CompositeParserException as failure:
        return None, [misread(error, text, file) for error in failure.errors]
    head = document.get("feature")
    if head is None:
        return None, [
            fault("RM821", "empty-feature", file, 1, found="an empty file", expected="a feature with scenarios")
        ]
    document["uri"] = file
    pickles: Any = Compiler().compile(document)
    templates = tuple(scenarios_of(head["children"]))
    problems: list[RemitError] = list(faults(head, templates, file))
    language = "zh" if head["language"].startswith("zh") else "en"
    told = tuple(scenario_of(pickle, templates, head, file, language) for pickle in pickles if pickle["steps"])
    name = head["name"] or Path(file).stem
    return Feature(file, name, head["description"].strip(), language, told), problems


def scenarios_of(children: Iterable[Any]) -> Iterator[Any]:
    """Scenarios and outlines, those inside `Rule` included."""
    for child in children:
        if "scenario" in child:
            yield child["scenario"]
        elif "rule" in child:
            yield from scenarios_of(child["rule"]["children"])


def steps_of(children: Iterable[Any]) -> Iterator[Any]:
    """Every step of a feature, those of backgrounds included."""
    for child in children:
        if "rule" in child:
            yield from steps_of(child["rule"]["children"])
        else:
            yield from (child.get("scenario") or child.get("background"))["steps"]


def scenario_of(pickle: Any, templates: tuple[Any, ...], head: Any, file: str, language: str) -> Scenario:
    template = next(t for t in templates if t["id"] == pickle["astNodeIds"][0])
    written = {step["id"]: step for step in steps_of(head["children"])}
    row, example = example_of(pickle, template)
    return Scenario(
        file=file,
        line=template["location"]["line"],
        name=template["name"],
        feature=head["name"] or Path(file).stem,
        tags=tuple(tag["name"].removeprefix("@") for tag in pickle["tags"]),
        language=language,
        steps=tuple(step_of(step, written[step["astNodeIds"][0]]) for step in pickle["steps"]),
        row=row,
        example=example,
    )


def example_of(pickle: Any, template: Any) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    """The line of an outline's example, and its values."""
    for examples in template["examples"]:
        for row in examples.get("tableBody", ()):
            if row["id"] in pickle["astNodeIds"]:
                head = [cell["value"] for cell in examples["tableHeader"]["cells"]]
                values = [cell["value"] for cell in row["cells"]]
                return row["location"]["line"], tuple(zip(head, values, strict=True))
    return None, ()


def step_of(pickled: Any, written: Any) -> Step:
    table = pickled.get("argument", {}).get("dataTable")
    rows = tuple(tuple(cell["value"] for cell in row["cells"]) for row in table["rows"]) if table else None
    kind = KINDS.get(pickled.get("type", ""), "given")
    return Step(kind, written["keyword"].strip(), pickled["text"], written["location"]["line"], rows)


# --- what is wrong ---------------------------------------------------------------------------------


def fault(code: str, slug: str, file: str, line: int, **told: str | None) -> SpecificationError:
    said = {name: value for name, value in told.items() if value is not None}
    return SpecificationError(code, slug, origin=Origin(file, line, 1), **said)


def faults(head: Any, templates: tuple[Any, ...], file: str) -> Iterator[SpecificationError]:
    """What Gherkin passes over in silence: no scenario, no step, no example, a name twice, a column nobody fills."""
    if not templates:
        found = prose(head["description"])
        expected = "at least one scenario"
        yield fault("RM821", "empty-feature", file, head["location"]["line"], found=head["name"] or found, expected=expected, suggestion=misspelt(found, head["language"], HEADINGS))  # fmt: skip
    seen: dict[str, int] = {}
    for template in templates:
        line, name = template["location"]["line"], template["name"]
        if name in seen:
            yield fault("RM824", "scenario-name-twice", file, line, found=name, expected=f"another name than that of line {seen[name]}")  # fmt: skip
        seen.setdefault(name, line)
        if not template["steps"]:
            found = prose(template["description"])
            yield fault("RM822", "no-steps", file, line, found=found or name, expected="a scenario with steps, each begun by a keyword", suggestion=misspelt(found, head["language"], STEPS))  # fmt: skip
        yield from unfilled(template, file)


def unfilled(template: Any, file: str) -> Iterator[SpecificationError]:
    """An outline without examples, or a `<word>` that no column gives."""
    columns = [
        cell["value"] for e in template["examples"] if e.get("tableHeader") for cell in e["tableHeader"]["cells"]
    ]
    rows = [row for e in template["examples"] for row in e.get("tableBody", ())]
    words = [
        (m[1], step["location"]["line"]) for step in template["steps"] for m in PLACEHOLDER.finditer(spelled(step))
    ]
    if template["examples"] and not rows:
        yield fault("RM823", "no-example", file, template["location"]["line"], found=template["name"], expected="examples with a row beneath their heading")  # fmt: skip
    for word, line in words:
        if word not in columns:
            yield fault("RM823", "unknown-column", file, line, found=f"<{word}>", expected=f"a column of the examples: {', '.join(columns) or 'there are none'}", suggestion=nearest(word, columns))  # fmt: skip


def spelled(step: Any) -> str:
    rows = step.get("dataTable", {}).get("rows", ())
    return " ".join([step["text"], *(cell["value"] for row in rows for cell in row["cells"])])


def prose(description: str) -> str:
    """The first line of what stands where steps were meant."""
    return next((line.strip() for line in description.splitlines() if line.strip()), "")


def keywords(language: str, kinds: Iterable[str]) -> tuple[str, ...]:
    from gherkin.dialect import Dialect

    dialect = Dialect.for_name(language)
    if dialect is None:
        return ()
    given: Mapping[str, Any] = dialect.spec
    return tuple(dict.fromkeys(word.strip() for kind in kinds for word in given[kind] if word.strip() != "*"))


def misspelt(line: str, language: str, kinds: Iterable[str]) -> str | None:
    """The keyword a line seems to begin with, where it is not quite one."""
    from difflib import SequenceMatcher

    words = keywords(language, kinds)
    scored = [(SequenceMatcher(None, line[: len(word)], word).ratio(), word) for word in words]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= ALIKE and not line.startswith(best[1]) else None


def misread(error: Any, text: str, file: str) -> SpecificationError:
    """What Gherkin's parser says, in our words: the line that stands there, and what may stand there."""
    line = error.location.get("line", 1)
    lines = text.splitlines()
    found = lines[line - 1].strip() if 0 < line <= len(lines) else "the end of the file"
    declared = re.search(r"^\s*#\s*language\s*:\s*([\w-]+)", text, re.MULTILINE)
    language = declared[1] if declared and keywords(declared[1], ("feature",)) else "en"
    placed = PLACED.match(str(error))
    said = placed[1] if placed else str(error)
    return fault("RM820", "feature-syntax", file, line, found=found, expected=meant(said, language), suggestion=misspelt(found, language, (*HEADINGS, *STEPS)))  # fmt: skip


def meant(said: str, language: str) -> str:
    """What the parser would have taken."""
    if "Language not supported" in said:
        return "a language of Gherkin, such as `# language: zh-CN` or `# language: en`"
    if "inconsistent cell count" in said:
        return "as many cells as in the first row of the table"
    if "#FeatureLine" in said:
        first = keywords(language, ("feature",))[0]
        return f"`{first}:` before anything else, and `# language: zh-CN` above it where the keywords are Chinese"
    return f"a step ({', '.join(keywords(language, STEPS)[:6])} …), a table, or the next {keywords(language, ('scenario',))[0]}"
