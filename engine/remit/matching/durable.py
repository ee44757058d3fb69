"""The durable-rules back end: the network tells which kinds of event set off which rules, Python judges the rest.

A case looks to the network like any other with the same kinds of event, so each such signature is asked about once.
A signature at which the network failed is not sent again: the reference answers for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from remit.matching.history import History
from remit.matching.matcher import Binding, Incident, guard
from remit.matching.network import Hit, Pattern
from remit.matching.reference import Reference
from remit.matching.worker import Inline, Link, Unavailable
from remit.program.program import CompiledRule, Program

#: The kinds of event in a case that any rule listens to, by number.
Signature = tuple[int, ...]
#: The rules a signature sets off, in order, each with the kinds that do.
Candidates = tuple[tuple[CompiledRule, frozenset[str]], ...]

REMEMBERED = 4096
#: A network that fails so often is given up.
FAILURES = 8
NUMBERS = count(1)


class Durable:
    """Asks the network through a link, and falls back to the reference for what the link cannot answer."""

    def __init__(self, program: Program, link: Link) -> None:
        self._reference = Reference(program)
        self._link = link
        self._number = next(NUMBERS)
        self._kinds = {kind: number for number, kind in enumerate(heard(program), start=1)}
        self._names = {number: kind for kind, number in self._kinds.items()}
        self._rules = {rule.order: rule for rule in program.rules}
        self._patterns = tuple(patterns(program, self._kinds))
        self._triggers = frozenset(kind for _, kind, _ in self._patterns)
        self._known: dict[Signature, Candidates] = {}
        self._orders: dict[Signature, Mapping[str, frozenset[int]]] = {}
        self._poison: set[Signature] = set()
        self._incidents: list[Incident] = []
        self._gone: str | None = None

    @property
    def name(self) -> str:
        """`durable`, `durable-inline`; `reference` once the network could not be had or failed too often."""
        return "reference" if self._gone else self._own_name

    @property
    def _own_name(self) -> str:
        return "durable-inline" if isinstance(self._link, Inline) else "durable"

    @property
    def reason(self) -> str:
        """Why this one, and where it runs."""
        if self._gone:
            return self._gone
        where = (
            "in this process"
            if isinstance(self._link, Inline)
            else "in a process of its own, whose death costs no answer"
        )
        return f"durable-rules is installed; its network runs {where}"

    @property
    def incidents(self) -> tuple[Incident, ...]:
        return tuple(self._incidents)

    def start(self) -> None:
        """Load the program now and not at the first match, so that `name` and `reason` tell what is so.

        Raises:
            Unavailable: the network cannot be had here.
        """
        self._link.ask(self._number, self._patterns, ())

    def bindings(self, history: History) -> tuple[Binding, ...]:
        """As the reference gives them."""
        return self.bindings_of((history,))[0]

    def bindings_of(self, histories: Sequence[History]) -> tuple[tuple[Binding, ...], ...]:
        """As the reference gives them, for many cases in one round trip."""
        signatures = [self._signature(history) for history in histories]
        first: dict[Signature, History] = {}
        for signature, history in zip(signatures, histories, strict=True):
            first.setdefault(signature, history)
        known = self._learn(first)
        return tuple(
            judged(known[signature], history) if signature in known else self._reference.bindings(history)
            for signature, history in zip(signatures, histories, strict=True)
        )

    def orders(self, history: History) -> Mapping[str, frozenset[int]] | None:
        """By kind of event, the rules that the network says it may set off in such a case; None where it failed."""
        signature = self._signature(history)
        if signature not in self._orders:
            known = self._learn({signature: history}).get(signature)
            if known is None:
                return None
            if len(self._orders) > REMEMBERED:
                self._orders.clear()
            self._orders[signature] = by_kind(known)
        return self._orders[signature]

    def _signature(self, history: History) -> Signature:
        kinds = sorted({self._kinds[event.type] for event in history.events if event.type in self._kinds})
        return tuple(kinds) if not self._triggers.isdisjoint(kinds) else ()

    def _learn(self, cases: Mapping[Signature, History]) -> Mapping[Signature, Candidates]:
        """What each signature sets off, for those the network can answer for."""
        fresh = [s for s in cases if s and s not in self._known and s not in self._poison]
        if fresh and self._gone is None:
            self._ask(fresh, cases)
        found = {s: rules for s in cases if (rules := self._known.get(s)) is not None} | {(): ()}
        if len(self._known) > REMEMBERED:
            self._known.clear()
        return found

    def _ask(self, fresh: Sequence[Signature], cases: Mapping[Signature, History]) -> None:
        try:
            answers = self._link.ask(self._number, self._patterns, fresh)
        except Unavailable as state:
            self._gone = str(state)
            if not state.missing:
                self._incidents.append(Incident(self._own_name, cases[fresh[0]].case, str(state)))
            return
        for signature, answer in zip(fresh, answers, strict=True):
            if isinstance(answer, str):
                self._poison.add(signature)
                self._incidents.append(Incident(self._own_name, cases[signature].case, answer))
            else:
                self._known[signature] = self._candidates(answer)
        if len(self._poison) >= FAILURES:
            self._gone = f"the network failed {len(self._poison)} times, last: {self._incidents[-1].what}"

    def _candidates(self, hits: Sequence[Hit]) -> Candidates:
        kinds: dict[int, set[str]] = {}
        for order, kind in hits:
            kinds.setdefault(order, set()).add(self._names[kind])
        return tuple((self._rules[order], frozenset(kinds[order])) for order in sorted(kinds))


def by_kind(candidates: Candidates) -> Mapping[str, frozenset[int]]:
    """The same, by the kind of event."""
    found: dict[str, set[int]] = {}
    for rule, kinds in candidates:
        for kind in kinds:
            found.setdefault(kind, set()).add(rule.order)
    return {kind: frozenset(orders) for kind, orders in found.items()}


def judged(candidates: Candidates, history: History) -> tuple[Binding, ...]:
    """The guard of each rule for each event that may set it off."""
    verdicts = (
        guard(rule, event, history) for rule, kinds in candidates for event in history.events if event.type in kinds
    )
    return tuple(binding for binding in verdicts if binding is not None)


def heard(program: Program) -> tuple[str, ...]:
    """Every kind of event a rule listens to."""
    return tuple(sorted({kind for rule in program.rules for kind in rule.triggers | needed(rule)}))


def patterns(program: Program, kinds: Mapping[str, int]) -> list[Pattern]:
    return [
        (rule.order, kinds[kind], tuple(sorted(kinds[other] for other in needed(rule) - {kind})))
        for rule in program.rules
        for kind in sorted(rule.triggers)
    ]


def needed(rule: CompiledRule) -> frozenset[str]:
    """What else must be in the case; nothing where the condition waits for the bearer."""
    return frozenset() if rule.per_bearer else rule.requires
