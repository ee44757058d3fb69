"""One workload for every engine: rules, facts and events made from a seed, and what must come out.

A rule is set off by a kind of event: `age < below`, joined with the desk at the event's place; every second rule also
asks for a consent in the case, and where many rules share a kind of event, for one ward. Two of seven events set
a rule off. Only what every engine can say is in it: conjunction, equality joins, one comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

#: Places in the world; each case knows three of them.
PLACES = 300
PLACES_A_CASE = 3
OLDEST = 99
#: (rule, event, case, unit): what one rule makes of one event.
Output = tuple[int, int, str, str]


class Rule(NamedTuple):
    """`ward` is None where the kind of event alone leads to the rule."""

    number: int
    kind: str
    below: int
    consent: bool
    ward: int | None


class Desk(NamedTuple):
    """A fact: in this case, that unit answers at that place."""

    case: str
    place: str
    unit: str


class Happening(NamedTuple):
    """An event."""

    number: int
    kind: str
    case: str
    place: str
    age: int
    ward: int


class Facts(NamedTuple):
    """What is told before the events: three desks a case, and a consent in every second one."""

    desks: tuple[Desk, ...]
    consents: tuple[str, ...]


@dataclass(frozen=True)
class Workload:
    """So many rules and open cases.

    Attributes:
        kinds: of event; left out, one a rule. With fewer, each rule also asks for a ward.
        hot: the kinds that happen; left out, all.
    """

    rules: int
    cases: int = 200
    kinds: int | None = None
    hot: int | None = None
    seed: int = 7

    @property
    def kinds_told(self) -> int:
        return self.kinds or self.rules

    @property
    def wards(self) -> int:
        return -(-self.rules // self.kinds_told)

    @cached_property
    def program(self) -> tuple[Rule, ...]:
        shared = self.wards > 1
        return tuple(
            Rule(n, f"k{n % self.kinds_told}", 4 + n * 37 % 68, bool(n % 2), n // self.kinds_told if shared else None)
            for n in range(self.rules)
        )

    def facts(self, generation: int = 0, chosen: Iterable[int] | None = None) -> Facts:
        """The facts of these cases; left out, of all. Every generation has cases of its own."""
        numbers = range(self.cases) if chosen is None else sorted(chosen)
        desks = (Desk(case_name(n, generation), place, f"desk.{place}") for n in numbers for place in places_of(n))
        return Facts(tuple(desks), tuple(case_name(n, generation) for n in numbers if n % 2))

    def events(self, generation: int = 0) -> Iterator[Happening]:
        """Without end, the same at every call."""
        kinds = min(self.hot or self.kinds_told, self.kinds_told)
        numbers = draws(self.seed * 1_000_003 + generation)
        for number in range(generation * 10_000_000, (generation + 1) * 10_000_000):
            kind, case = next(numbers) % kinds, next(numbers) % self.cases
            place = places_of(case)[next(numbers) % PLACES_A_CASE]
            age, ward = next(numbers) % (OLDEST + 1), next(numbers) % self.wards
            yield Happening(number, f"k{kind}", case_name(case, generation), place, age, ward)

    def first(self, count: int, generation: int = 0) -> list[Happening]:
        return list(islice(self.events(generation), count))

    @cached_property
    def _by_kind(self) -> dict[tuple[str, int | None], list[Rule]]:
        found: dict[tuple[str, int | None], list[Rule]] = {}
        for rule in self.program:
            found.setdefault((rule.kind, rule.ward), []).append(rule)
        return found

    def expected(self, events: list[Happening]) -> list[Output]:
        """The oracle's answer, in order."""
        found = (
            (rule.number, event.number, event.case, f"desk.{event.place}")
            for event in events
            for rule in self._by_kind.get((event.kind, event.ward if self.wards > 1 else None), ())
            if event.age < rule.below and (not rule.consent or consented(event.case))
        )
        return sorted(found)


def case_name(number: int, generation: int) -> str:
    return f"c{number}.{generation}"


def case_number(name: str) -> int:
    return int(name.partition(".")[0][1:])


def consented(case: str) -> bool:
    """Every second case holds a consent."""
    return bool(case_number(case) % 2)


def places_of(case: int) -> tuple[str, ...]:
    first = case * 7
    return tuple(f"p{(first + 101 * step) % PLACES}" for step in range(PLACES_A_CASE))


def draws(seed: int) -> Iterator[int]:
    """Numbers that a seed decides: Knuth's linear congruence, of which the upper half is used."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33
