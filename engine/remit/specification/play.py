"""One scenario told to an engine, step by step, by the same definitions that pytest-bdd runs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from remit.errors import Origin, RemitError, SpecificationError, nearest
from remit.pack.load import Pack
from remit.specification.features import Scenario, Step
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


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a scenario failed: at which step (None after the last), in one line, and at length."""

    step: Step | None
    message: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario ended: `passed`, `failed`, or `undefined` where a step could not be understood.

    `rules` are those whose obligations arose in its case, and those of the agenda that its steps spoke of.
    """

    scenario: Scenario
    status: str
    failure: Failure | None = None
    rules: tuple[str, ...] = ()
    steps_passed: int = 0

    @property
    def passed(self) -> bool:
        return self.status == "passed"


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


def play(scenario: Scenario, pack: Pack, *, explain: bool = True) -> Result:
    """Tell a scenario to the reference and say how it ended.

    Args:
        scenario: outlines filled in.
        pack: the pack, or a part of it.
        explain: whether a failure is explained at length.
    """
    try:
        steps = [understood(step, scenario.file) for step in scenario.steps]
    except SpecificationError as unclear:
        step = next((s for s in scenario.steps if s.line == unclear.origin.line), None)
        return Result(scenario, "undefined", Failure(step, worded(unclear, scenario.language), hints(unclear, scenario.language)))  # fmt: skip
    return tell(scenario, steps, pack, explain=explain)


def tell(scenario: Scenario, steps: Iterable[Told], pack: Pack, *, explain: bool = True) -> Result:
    """The same for steps that are understood already."""
    story = Story(pack, case=scenario.name, backend="reference", tongue=scenario.language)
    told: Told | None = None
    reported: Told | None = None
    passed = 0
    try:
        for told in steps:
            if told.step.kind != "then":
                story.require_accepted()
                reported = told
            told.tell(story)
            passed += 1
        told = reported if story.refused is not None else None
        story.require_accepted()
    except AssertionError as wrong:
        failure = failed(told, wrong, story) if explain else Failure(told.step if told else None, str(wrong))
    except RemitError as refused:
        failure = Failure(
            told.step if told else None, worded(refused, scenario.language), hints(refused, scenario.language)
        )
    except (ValueError, KeyError, StopIteration) as unread:
        failure = Failure(told.step if told else None, unreadable(unread, story))
    else:
        return Result(scenario, "passed", None, arisen(story), passed)
    return Result(scenario, "failed", failure, arisen(story), passed)


def failed(told: Told | None, wrong: AssertionError, story: Story) -> Failure:
    from remit.specification.failure import explained

    first, _, rest = str(wrong).partition("\n")
    listed = tuple(line for line in rest.splitlines() if line.strip())
    return Failure(told.step if told else None, first, explained(told, listed, story))


def unreadable(fault: Exception, story: Story) -> str:
    """A date that cannot be, a column nobody knows: the words of the step do not fit together."""
    what = fault.args[0] if fault.args else type(fault).__name__
    return story.say(f"这一步的内容读不懂：{what}", f"what this step says cannot be read: {what}")


def worded(refused: RemitError, language: str) -> str:
    from remit.explain.messages import told

    return told(refused, language).removeprefix(f"{refused.origin}: ")


def hints(refused: RemitError, language: str) -> tuple[str, ...]:
    from remit.explain.messages import spoken

    if not refused.hint:
        return ()
    return (spoken(refused.hint) if language == "zh" else refused.hint,)


def arisen(story: Story) -> tuple[str, ...]:
    """The rules whose obligations arose, and those spoken of."""
    if story.refused is not None:
        return ()
    spoken = {unescaped(name.split("/")[1]) for name in story.spoken_of}
    return tuple(sorted(spoken | {o.rule for o in story.owed()}))


def unescaped(part: str) -> str:
    return part.replace("%2F", "/").replace("%25", "%")
