"""A step understood: which definition reads it, and with what arguments; or what it might have been meant to be."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from functools import cache

from remit.errors import Origin, SpecificationError, nearest
from remit.specification.features import Step
from remit.steps.definitions import DEFINITIONS, INSIDE, Definition
from remit.steps.story import Story

QUOTED = re.compile(rf"[“\"]{INSIDE}[”\"]")


@dataclass(frozen=True, slots=True)
class Told:
    """A step, the definition that fits it, and what it is called with."""

    step: Step
    definition: Definition
    arguments: tuple[tuple[str, object], ...]

    def tell(self, story: Story) -> None:
        """Run the step.

        Raises:
            AssertionError: what it says is not so.
        """
        self.definition.function(remit_story=story, **dict(self.arguments))


@cache
def fitting(kind: str, text: str) -> tuple[Definition, tuple[tuple[str, object], ...]] | None:
    """The first definition that reads the step, and its arguments."""
    for definition in DEFINITIONS:
        if definition.kind == kind and definition.parser.is_matching(text):
            return definition, tuple((definition.parser.parse_arguments(text) or {}).items())
    return None


def understood(step: Step, file: str) -> Told:
    """The step with its definition.

    Raises:
        SpecificationError: RM827, no step reads so; RM828, it needs the table that is not there.
    """
    found = fitting(step.kind, step.text)
    at = Origin(file, step.line, 1)
    if found is None:
        raise SpecificationError("RM827", "unknown-step", found=step.text, expected="a step of docs/steps.md", origin=at, suggestion=nearest_step(step), hint=misplaced(step))  # fmt: skip
    definition, arguments = found
    wanted = inspect.signature(definition.function).parameters
    if "datatable" in wanted:
        if step.table is not None:
            arguments = (*arguments, ("datatable", step.table))
        elif wanted["datatable"].default is inspect.Parameter.empty:
            raise SpecificationError("RM828", "table-missing", found=step.text, expected="a table beneath the step", origin=at)  # fmt: skip
    elif step.table is not None:
        raise SpecificationError("RM828", "table-not-read", found=step.text, expected="no table beneath this step", origin=at)  # fmt: skip
    return Told(step, definition, arguments)


def misplaced(step: Step) -> str | None:
    """Whether the step would be understood under another keyword."""
    for kind in ("given", "when", "then"):
        if kind != step.kind and fitting(kind, step.text) is not None:
            return f"it is read as a step of `{kind}`, and stands under `{step.kind}`"
    return None


def nearest_step(step: Step) -> str | None:
    """The wording most like the step, its names as they stand."""
    bare = QUOTED.sub("“…”", step.text)
    return nearest(bare, (wording(d.parser.regex.pattern) for d in DEFINITIONS if d.kind == step.kind))


@cache
def wording(pattern: str) -> str:
    """A definition's pattern as people would write it, what may be left out left out.

    >>> wording(r"\\s*(?P<at>\\d+)撤回[“\\"](?P<event>x)[”\\"]\\s*[：:]?$")
    '2024-05-06撤回“…”'
    """
    text = pattern.replace(INSIDE, "x")
    text = re.sub(r"[\[“\"\\]+\]\(\?P<\w+>x\)\[[”\"\\]+\]", "“…”", text)
    text = re.sub(r"\(\?P<at>(?:[^()]|\([^()]*\))*\)", "2024-05-06", text)
    text = re.sub(r"\(\?P<number>[^()]*\)", "8", text)
    text = re.sub(r"\(\?P<(?:tail|extra)>.*\)", "", text)
    for _ in range(3):
        text = re.sub(r"\((?:\?:|\?P<\w+>)?[^()]*\)[?*]", "", text)
        text = re.sub(r"\((?:\?:|\?P<\w+>)([^()|]*)(?:\|[^()]*)?\)", r"\1", text)
    text = re.sub(r"\[([，：])[^\]]*\]", r"\1", text).replace("an?", "a").replace("units?", "units")
    text = re.sub(r"([，的人])\?", r"\1", text)
    return re.sub(r"：\?\$|\\s\*|\$|\^|,\?|\\d\+", "", text).strip()
