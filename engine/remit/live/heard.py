"""`Heard`: what was told in a case, as far as any rule looks for it: facts of persons, acts, and events that conditions count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit.expressions.situation import Situation, Stated
from remit.live.audience import Audience
from remit.live.record import STEERING, steers
from remit.live.records import make_situation, make_stated
from remit.live.rules import LiveAct, LiveRule, fits
from remit.live.steady import Key, key_of
from remit.matching.history import in_time
from remit.model.event import Event

NO_FACTS: Mapping[str, Stated] = {}
#: One for all cases: Python makes an empty set anew each time, of 216 bytes.
NO_NAMES: frozenset[str] = frozenset()


class Heard:
    """Events in their order, each kept where it is looked for, once; it answers as `record.Acts`."""

    __slots__ = (
        "_acts",
        "_audience",
        "_counted",
        "_facts",
        "_fitting",
        "_kinds",
        "_matter",
        "_matter_read",
        "_reads",
        "_steering",
    )

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._hear_anew()

    def _hear_anew(self) -> None:
        """As if nothing had been told."""
        self._facts: dict[str | None, dict[str, Stated]] | None = None
        #: What rules at work read of each person, and the kinds of events that they count.
        self._reads: dict[str | None, frozenset[str]] | None = None
        self._kinds = NO_NAMES
        self._matter: dict[str, Stated] | None = None
        self._matter_read = NO_NAMES
        self._acts: dict[Key, list[Event]] | None = None
        self._counted: dict[str, list[Event]] | None = None
        self._steering: tuple[Event, ...] = ()
        self._fitting: dict[tuple[int, bool], list[Event]] | None = None

    def _state(self, event: Event) -> bool:
        """Take its facts; false where a rule at work reads one that is new."""
        persons, matter, told = self._audience.facts, self._audience.matter, event.data
        if not persons.isdisjoint(told):
            if self._facts is None:
                self._facts = {}
            waiting = self._reads.get(event.subject, NO_NAMES) if self._reads else NO_NAMES
            if not take(self._facts.setdefault(event.subject, {}), event, persons, waiting):
                return False
        if not matter.isdisjoint(told):
            if self._matter is None:
                self._matter = {}
            return take(self._matter, event, matter, self._matter_read)
        return True

    def _state_anew(self, event: Event) -> list[str]:
        """Take its facts, and leave what was looked at before as it was; those that are new."""
        person, case = (
            {
                name: make_stated(value, event.id)
                for name, value in event.data.items()
                if name in read and is_new(held, name, value)
            }
            for held, read in ((self.facts(event.subject), self._audience.facts), (self.matter, self._audience.matter))
        )
        if person:
            self._facts = self._facts or {}
            self._facts[event.subject] = {**self.facts(event.subject), **person}
        if case:
            self._matter = {**self.matter, **case}
        return [*person, *case]

    def _note(self, event: Event) -> None:
        """Keep it where acts and what conditions count are looked for."""
        if event.type in STEERING:
            self._steering += (event,)
        if event.type in self._audience.acts:
            key = key_of(event)
            if self._acts is None:
                self._acts = {}
            self._acts.setdefault(key, []).append(event)
            if self._fitting:
                for rule in self._audience.acting(key):
                    for breach, acts in ((False, rule.discharges), (True, rule.breaches)):
                        cached = self._fitting.get((rule.order, breach))
                        if cached is not None and fits(acts, rule, event, self.situation(event)) is True:
                            cached.append(event)
        if event.type in self._audience.counted:
            if self._counted is None:
                self._counted = {}
            self._counted.setdefault(event.type, []).append(event)

    @property
    def matter(self) -> Mapping[str, Stated]:
        """The facts about the case that any rule reads."""
        return self._matter or NO_FACTS

    def facts(self, subject: str | None) -> Mapping[str, Stated]:
        """Those of a person."""
        return self._facts.get(subject, NO_FACTS) if self._facts else NO_FACTS

    def kinds_of(self, rule: LiveRule) -> frozenset[str]:
        """The kinds of events that the rule counts."""
        hearing = self._audience.hearings[rule.order]
        return NO_NAMES if hearing is None else hearing.kinds

    def situation(self, event: Event, kinds: frozenset[str] = frozenset()) -> Situation:
        """What conditions about the event are judged in; of the case's other events, those of the kinds they count."""
        events: tuple[Event, ...] = ()
        if kinds and self._counted:
            counted = [e for kind in kinds for e in self._counted.get(kind, ())]
            events = tuple(sorted(counted, key=in_time)) if len(kinds) > 1 else tuple(counted)
        return make_situation(event, self.facts(event.subject), None, events, None, self._matter or NO_FACTS)

    def quiet(self, rule: LiveRule) -> bool:
        return not self._steering and (not self._acts or self._audience.keys[rule.order].isdisjoint(self._acts))

    def steered(self, rule: LiveRule) -> bool:  # noqa: ARG002 - few cases have any
        return bool(self._steering)

    def steering(self, rule: str, ids: frozenset[str]) -> Sequence[Event]:
        return [e for e in self._steering if steers(e, rule, ids)]

    def discharging(self, rule: LiveRule, period: str | None) -> Sequence[Event]:  # noqa: ARG002 - a case has no periods
        return self._fit(rule, rule.discharges, breach=False)

    def breaching(self, rule: LiveRule, period: str | None) -> Sequence[Event]:  # noqa: ARG002
        return self._fit(rule, rule.breaches, breach=True)

    def _fit(self, rule: LiveRule, acts: tuple[LiveAct, ...], *, breach: bool) -> Sequence[Event]:
        if not self._acts or not acts:
            return ()
        if self._fitting is None:
            self._fitting = {}
        found = self._fitting.get((rule.order, breach))
        if found is None:
            keys = self._audience.keys_of(rule, breach=breach)
            told = [e for key in keys for e in self._acts.get(key, ())]
            found = [e for e in told if fits(acts, rule, e, self.situation(e)) is True]
            self._fitting[rule.order, breach] = found = sorted(found, key=in_time) if len(keys) > 1 else found
        return found


def take(held: dict[str, Stated], event: Event, read: frozenset[str], waiting: frozenset[str]) -> bool:
    """Hold what the event states of what is read; false where one that is waited for is new."""
    for name, value in event.data.items():
        if name in read:
            stated = held.get(name)
            if stated is None or stated.value != value:
                if name in waiting:
                    return False
                held[name] = make_stated(value, event.id)
    return True


def is_new(held: Mapping[str, Stated], name: str, value: object) -> bool:
    """Whether that has not been stated, or otherwise."""
    stated = held.get(name)
    return stated is None or stated.value != value
