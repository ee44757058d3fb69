"""`Audience`: which rules of a law hear of which events, once for all its cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence

from remit.live.evaluator import LiveEvaluator
from remit.live.record import STEERING
from remit.live.rules import LiveRule
from remit.live.steady import Hearing, Key, hearing, keys_of
from remit.matching.compiled import Comparing, Compiled, comparison
from remit.matching.history import History
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.expression import UNKNOWN
from remit.program.compile import conjuncts

Candidates = tuple[tuple[LiveRule, Hearing | None], ...]
#: Candidates behind what the event must not fail.
Screened = tuple[Comparing | None, Candidates]
Reading = Callable[[Event], object]
NOBODY: Candidates = ()
NO_RULES: Screened = (None, NOBODY)


class Audience:
    """The rules by what sets them off, what performs or violates them, and what they read.

    Attributes:
        evaluator: who works a case out whole.
        hearings: by the order of the rules.
        rivals: of each rule, those that it may set aside or that may set it aside.
        deaf: of each rule, whether it is at work in a case without hearing of anything but acts.
        keys: of each rule, where acts upon it are looked for.
        acts: the types of acts that any rule waits for.
        facts, matter, counted: what any rule reads of a person and of a case, and the types of events that any condition counts.
        stated: all facts that any rule reads.
        reorganised: whether units cease in this law.
    """

    def __init__(self, evaluator: LiveEvaluator) -> None:
        self.evaluator = evaluator
        self.program = program = evaluator.program
        self.reorganised = bool(program.law.graph.reorganisations)
        self.hearings = tuple(hearing(program, rule) for rule in program.rules)
        self.rivals = rivals(program.rules)
        self.deaf = tuple(
            found is not None and not (found.kinds or found.matter or found.facts or self.rivals[rule.order])
            for rule, found in zip(program.rules, self.hearings, strict=True)
        )
        both = [(self.keys_of(r, breach=False), self.keys_of(r, breach=True)) for r in program.rules]
        self.keys = tuple(frozenset((*done, *broken)) for done, broken in both)
        self.acts = frozenset(kind for keys in self.keys for kind, _ in keys)
        known = [found for found in self.hearings if found is not None]
        self.facts = frozenset(name for found in known for name in found.facts)
        self.matter = frozenset(name for found in known for name in found.matter)
        self.stated = self.facts | self.matter
        self.counted = frozenset(kind for found in known for kind in found.kinds)
        #: The types of events that are looked for again: acts, steering, and what conditions count.
        self.heeded = self.acts | self.counted | STEERING
        self._acting: dict[Key, list[LiveRule]] = defaultdict(list)
        self._hearers: dict[Key, dict[int, None]] = defaultdict(dict)
        for rule, heard in zip(program.rules, self.hearings, strict=True):
            for key in self.keys[rule.order]:
                self._acting[key].append(rule)
            for key in heard.keys if heard is not None else ():
                self._hearers[key][rule.order] = None
        self._meant: dict[str, frozenset[int]] = {}
        #: Where no constant tells rules apart, those of a type; where one does, those by what the event states.
        self._always = {kind: self._screened(rules, None) for kind, rules in program.undivided.items()}
        self._divided: dict[str, tuple[Reading, dict[Hashable, Screened], Screened]] = {
            kind: (
                asked.read,
                {value: self._screened(rules, asked.attribute) for value, rules in asked.by_value.items()},
                self._screened(asked.everyone, None),
            )
            for kind, asked in program.divided.items()
        }
        self.asked = not isinstance(program.law.matcher, Reference | Compiled)

    def candidates(self, event: Event) -> Candidates:
        """The rules the event may set off, each with what it hears of later."""
        found = self._always.get(event.type)
        if found is None:
            divided = self._divided.get(event.type)
            if divided is None:
                return self._with_hearings(self.program.candidates(event))
            read, by_value, everyone = divided
            value = read(event)
            try:
                found = everyone if value is UNKNOWN else by_value.get(value, NO_RULES)
            except TypeError:  # what cannot be hashed may be any
                found = everyone
        screen, candidates = found
        if screen is None:
            return candidates
        name, compare, constant = screen
        value = event.data.get(name, UNKNOWN)
        try:
            return candidates if value is UNKNOWN or compare(value, constant) else NOBODY
        except TypeError:  # which is unknown, too
            return candidates

    def _screened(self, rules: Sequence[LiveRule], known: str | None) -> Screened:
        """Before a single rule, what most events fail at; `known` is the attribute by which it was found."""
        return screen_of(rules[0], known) if len(rules) == 1 else None, self._with_hearings(rules)

    def _with_hearings(self, rules: Sequence[LiveRule]) -> Candidates:
        return tuple([(rule, self.hearings[rule.order]) for rule in rules])

    def meant(self, rule: LiveRule, heard: Hearing, event: Event) -> bool:
        """Whether the matcher says that events of this kind set the rule off; where other kinds count, the rule is asked."""
        if heard.kinds or not self.asked:
            return True
        orders = self._meant.get(event.type)
        if orders is None:
            told = self.program.law.matcher.orders(History(event.case, (event,)))
            if told is None:
                return True
            orders = self._meant[event.type] = told.get(event.type, frozenset())
        return rule.order in orders

    def hearers(self, key: Key, among: Collection[int]) -> list[int]:
        """Of the rules at work in a case, those that such an act may perform or violate."""
        heard = self._hearers.get(key, {})
        return [n for n in among if n in heard] if len(among) < len(heard) else [n for n in heard if n in among]

    def acting(self, key: Key) -> Sequence[LiveRule]:
        """The rules that such an act may perform or violate."""
        return self._acting.get(key, ())

    def keys_of(self, rule: LiveRule, *, breach: bool) -> tuple[Key, ...]:
        """Where the acts that perform the rule, or violate it, are looked for."""
        acts = rule.source.breaches if breach else rule.source.discharges
        return tuple(dict.fromkeys(key for act in acts for key in keys_of(act.event, rule)))


def screen_of(rule: LiveRule, known: str | None) -> Comparing | None:
    """The first comparison of the event with a constant in its condition: where that is false, so is the whole.

    One of the attribute that is `known` tells nothing more.
    """
    source = rule.source
    if source.guard is None or source.breach_triggered or source.per_bearer:
        return None
    asked = (comparison(part) for part in conjuncts(source.guard))
    return next((one for one in asked if one is not None and one[0] != known), None)


def rivals(rules: Sequence[LiveRule]) -> tuple[frozenset[int], ...]:
    """For each rule, those that it may set aside or that may set it aside."""
    found: list[set[int]] = [set(rule.above) for rule in rules]
    for rule in rules:
        for above in rule.above:
            found[above].add(rule.order)
    return tuple(map(frozenset, found))
