"""Suggested lines put into a feature file, under a mark; what a person wrote is never touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from remit.errors import Origin, SpecificationError
from remit.pack.load import Pack
from remit.specification.features import Scenario
from remit.specification.suggest import Suggestion, suggest

#: The marks between which suggested lines stand until somebody has confirmed them.
MARKS = {"zh": ("# 以下由 remit suggest 建议，待人确认", "# 建议到此"), "en": ("# suggested by remit suggest, to be confirmed", "# end of what is suggested")}  # fmt: skip
OPENING = tuple(first for first, _ in MARKS.values())
CLOSING = tuple(last for _, last in MARKS.values())


def suggested(
    scenarios: Sequence[Scenario], pack: Pack, units: Sequence[str] = (), *, force: bool = False
) -> tuple[Suggestion, ...]:
    """What is to be said of each; with `force`, as if what was suggested before were not there.

    Raises:
        SpecificationError: RM829, a step of a scenario fails, so that nothing follows from it; RM827, RM828.
    """
    return tuple(one(scenario, pack, units, force=force) for scenario in scenarios)


def one(scenario: Scenario, pack: Pack, units: Sequence[str], *, force: bool) -> Suggestion:
    bare = without_suggested(scenario, pack.root) if force else scenario
    try:
        return replace(suggest(bare, pack, units=units), scenario=scenario)
    except SpecificationError:
        raise
    except AssertionError as wrong:
        first = str(wrong).partition("\n")[0]
        raise nothing(scenario, first, "a scenario whose steps hold; `remit test` says why one does not") from wrong


def nothing(scenario: Scenario, found: str, expected: str) -> SpecificationError:
    at = Origin(scenario.file, scenario.row or scenario.line, 1)
    return SpecificationError("RM829", "nothing-to-suggest", found=found, expected=expected, origin=at)


def without_suggested(scenario: Scenario, root: Path) -> Scenario:
    """The scenario without the steps between the marks."""
    marked = marked_lines((root / scenario.file).read_text("utf-8").splitlines())
    return replace(scenario, steps=tuple(step for step in scenario.steps if step.line - 1 not in marked))


def marked_lines(lines: Sequence[str]) -> frozenset[int]:
    """The lines between the marks, these included; counted from 0."""
    found: set[int] = set()
    inside = False
    for n, line in enumerate(lines):
        inside = inside or line.strip() in OPENING
        if inside:
            found.add(n)
        if line.strip() in CLOSING:
            inside = False
    return frozenset(found)


def insert(suggestions: Sequence[Suggestion], root: Path, *, force: bool = False) -> None:
    """Write each suggestion beneath the last step of its scenario, the last one of a file first.

    Raises:
        SpecificationError: RM829, an example of an outline is meant, whose lines hold for one row alone; or lines suggested before
            stand there still. Then nothing is written.
    """
    wanted = [suggestion for suggestion in suggestions if suggestion.lines]
    for suggestion in wanted:
        scenario = suggestion.scenario
        if scenario.row is not None:
            raise nothing(scenario, scenario.name, "a scenario that is no outline: what follows from one example is not true of the next")  # fmt: skip
        if not force and has_suggested(scenario, root):
            raise nothing(scenario, scenario.name, "a scenario without lines that were suggested before; --force writes over them")  # fmt: skip
    for suggestion in sorted(wanted, key=lambda s: s.scenario.line, reverse=True):
        put(suggestion, root / suggestion.scenario.file)


def has_suggested(scenario: Scenario, root: Path) -> bool:
    lines = (root / scenario.file).read_text("utf-8").splitlines()
    return bool(marked_lines(lines) & set(span(scenario, lines)))


def span(scenario: Scenario, lines: Sequence[str]) -> range:
    """The lines of the scenario, from its heading to the end of its last step; counted from 0."""
    last = max([scenario.line, *(step.line for step in scenario.steps)])
    while last < len(lines) and lines[last].strip().startswith(("|", *OPENING, *CLOSING)):
        last += 1
    return range(scenario.line - 1, last)


def put(suggestion: Suggestion, path: Path) -> None:
    """The lines in their place, indented as the steps are."""
    text = path.read_text("utf-8")
    lines, scenario = text.splitlines(), suggestion.scenario
    own = span(scenario, lines)
    marked = marked_lines(lines) & set(own)
    kept = [line for n, line in enumerate(lines) if n not in marked]
    end = own.stop - len(marked)
    first = scenario.steps[0].line - 1 if scenario.steps else scenario.line - 1
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    opening, closing = MARKS[scenario.language]
    put_in = [f"{indent}{line}" for line in (opening, *suggestion.lines, closing)]
    ending = "\n" if text.endswith("\n") or not text else ""
    path.write_text("\n".join([*kept[:end], *put_in, *kept[end:]]) + ending, "utf-8")
