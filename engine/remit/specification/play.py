"""One scenario told to an engine, step by step, by the same definitions that pytest-bdd runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remit.errors import RemitError, SpecificationError
from remit.pack.load import Pack
from remit.semantics.drafts import unescaped
from remit.specification.failure import explained
from remit.specification.features import Scenario, Step
from remit.specification.understanding import Told, understood
from remit.steps.story import Story


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
    first, _, rest = str(wrong).partition("\n")
    listed = tuple(line for line in rest.splitlines() if line.startswith("  ") and line.strip() != "—")
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
