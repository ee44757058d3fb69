"""All scenarios of a pack, or some: played, counted, and what they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from remit.errors import RemitError, SpecificationError, nearest
from remit.pack.load import Pack
from remit.program.compile import RUN
from remit.specification.features import Feature, Scenario, Specification
from remit.specification.play import Result, play, tell
from remit.specification.slices import Ties, concerned, restricted
from remit.specification.understanding import Told, understood


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a specification: the results in order, and the problems of files that could not be read.

    Attributes:
        rules: the rules that run, in order of the document.
        complete: whether every scenario was told, or a choice of them.
    """

    features: tuple[Feature, ...]
    results: tuple[Result, ...]
    problems: tuple[RemitError, ...]
    rules: tuple[str, ...]
    complete: bool = True

    @property
    def failures(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.passed)

    @property
    def passed(self) -> bool:
        return not self.failures and not self.problems

    @property
    def reached(self) -> frozenset[str]:
        """The rules whose obligations arise in some scenario that passed."""
        return frozenset(rule for result in self.results if result.passed for rule in result.rules)

    @property
    def unreached(self) -> tuple[str, ...]:
        """The rules that run and arise in none."""
        return tuple(rule for rule in self.rules if rule not in self.reached)


class Teller:
    """Tells scenarios of one pack, each to the part of it that has a say; what fails there is told to the whole."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.ties = Ties.of(pack)

    def tell(self, scenario: Scenario) -> Result:
        try:
            steps = steps_of(scenario)
        except SpecificationError:
            return play(scenario, self.pack)
        part = restricted(self.pack, concerned(steps, self.pack, self.ties))
        found = tell(scenario, steps, part, explain=False)
        return found if found.passed else tell(scenario, steps, self.pack)


def steps_of(scenario: Scenario) -> tuple[Told, ...]:
    """Every step understood.

    Raises:
        SpecificationError: RM827, RM828: one is not.
    """
    return tuple(understood(step, scenario.file) for step in scenario.steps)


def run(
    pack: Pack,
    specification: Specification,
    chosen: Sequence[Scenario] | None = None,
    *,
    step: Callable[[Result], None] = lambda _: None,
) -> Outcome:
    """Tell every scenario, or those chosen; `step` hears of each as it ends."""
    teller, results = Teller(pack), []
    for scenario in specification.scenarios if chosen is None else chosen:
        results.append(teller.tell(scenario))
        step(results[-1])
    rules = tuple(rule.id for policy in pack.policies for rule in policy.rules if rule.modality in RUN)
    return Outcome(specification.features, tuple(results), specification.problems, rules, chosen is None)


def choose(specification: Specification, names: Iterable[str] = (), tags: Iterable[str] = ()) -> tuple[Scenario, ...]:
    """The scenarios of these names (or part of one, or `FILE`, or `FILE:LINE`) that have one of these tags.

    Raises:
        SpecificationError: RM826, there is none of a name or a tag.
    """
    found = specification.scenarios
    wanted = tuple(names)
    for name in wanted:
        if not any(is_named(scenario, name) for scenario in found):
            raise SpecificationError("RM826", "unknown-scenario", found=name, expected="the name of a scenario or a part of it, or FILE:LINE", suggestion=nearest(name, (s.name for s in found)))  # fmt: skip
    if wanted:
        found = tuple(s for s in found if any(is_named(s, name) for name in wanted))
    marks = tuple(tag.removeprefix("@") for tag in tags)
    known = {tag for scenario in specification.scenarios for tag in scenario.tags}
    for tag in marks:
        if tag not in known:
            raise SpecificationError("RM826", "unknown-tag", found=f"@{tag}", expected="a tag of a scenario", suggestion=nearest(tag, known))  # fmt: skip
    return tuple(s for s in found if not marks or set(marks) & set(s.tags))


def is_named(scenario: Scenario, written: str) -> bool:
    """Whether it is meant: its name or a part, its file, or the line on which it or its example begins, or one of its steps."""
    file, _, line = written.rpartition(":")
    if line.isdecimal() and scenario.file.endswith(file.removeprefix("./")):
        lines = {scenario.line, scenario.row, *(step.line for step in scenario.steps)}
        return int(line) in lines
    return written in (scenario.file, scenario.name) or written in scenario.name
