"""The durable-rules back end: the network tells which rules a kind of event sets off, Python judges the rest.

An event looks to the network like any other of its kind with the same kinds beside it, so far as a rule asks for any.
Each such question is put once, and those that can be foreseen all at once: what each kind sets off by itself. One at
which the network failed is not put again: the reference answers for the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from remit.matching.compiled import Screen, judged, put
from remit.matching.history import History
from remit.matching.matcher import Binding, Incident
from remit.matching.network import Hit, Pattern
from remit.matching.reference import Reference
from remit.matching.worker import Inline, Link, Unavailable
from remit.program.program import CompiledRule, Program

#: The number of a kind of event, then of the kinds beside it in its case that some rule of it needs, in order.
Question = tuple[int, ...]

#: Answers about kinds beside others; those about a kind by itself are as many as there are kinds, and kept.
REMEMBERED = 4096
#: So many kinds are put as one case, and so many cases at once; of what does not fit nothing is asked before it is met.
KINDS_AT_ONCE, CASES_AT_ONCE = 1000, 32
#: A network that fails so often is given up.
FAILURES = 8
NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The rules a kind of event may set off: their orders, and by the kind, what finds those that an event of it does set off."""

    orders: frozenset[int]
    screens: dict[str, Screen]


class Durable:
    """Asks the network through a link, and falls back to the reference for what the link cannot answer."""

    def __init__(self, program: Program, link: Link) -> None:
        self._reference = Reference(program)
        self._link = link
        self._number = next(NUMBERS)
        self._names = heard(program)
        self._kinds = {kind: number for number, kind in enumerate(self._names, start=1)}
        self._rules = {rule.order: rule for rule in program.rules}
        self._patterns = tuple(patterns(program, self._kinds))
        self._beside = beside(program)
        #: Answers about a kind by itself, and about kinds beside others.
        self._alone: dict[Question, Candidates] = {}
        self._known: dict[Question, Candidates] = {}
        #: What finds the rules of kinds that need no others beside them, and the kinds of which that is not so, or not yet known.
        self._screens: dict[str, Screen] = {}
        self._unsettled = set(self._beside)
        self._foreseen = False
        self._poison: set[Question] = set()
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
        """Load the program and put what can be foreseen now and not at the first match, so that `name` and `reason` tell what is so.

        Raises:
            Unavailable: the network cannot be had here.
        """
        self._foresee()

    def bindings(self, history: History) -> tuple[Binding, ...]:
        """As the reference gives them."""
        if self._unsettled.isdisjoint([event.type for event in history.events]):
            return judged(history, self._screens)
        return self.bindings_of((history,))[0]

    def bindings_of(self, histories: Sequence[History]) -> tuple[tuple[Binding, ...], ...]:
        """As the reference gives them, for many cases in one round trip."""
        asked = [self._questions(history) for history in histories]
        known = self._learn(asked, histories)
        return tuple(
            self._reference.bindings(history)
            if found is None
            else judged(history, {kind: candidates.screens[kind] for kind, candidates in found.items()})
            for history, found in zip(histories, known, strict=True)
        )

    def orders(self, history: History) -> Mapping[str, frozenset[int]] | None:
        """By kind of event, the rules that the network says it may set off in such a case; None where it failed."""
        (found,) = self._learn((self._questions(history),), (history,))
        return None if found is None else {kind: candidates.orders for kind, candidates in found.items()}

    def _questions(self, history: History) -> Mapping[str, Question]:
        """What is asked of each kind of event in the case that any rule is set off by."""
        types = frozenset([event.type for event in history.events])
        asked = ((kind, self._question(kind, types)) for kind in types)
        return {kind: question for kind, question in asked if question is not None}

    def _question(self, kind: str, types: frozenset[str]) -> Question | None:
        """What is asked of a kind where these are in the case; None where it sets no rule off."""
        needed = self._beside.get(kind)
        if needed is None:
            return None
        return (self._kinds[kind], *sorted([self._kinds[other] for other in needed & types]))

    def _answer(self, question: Question) -> Candidates | None:
        return (self._alone if len(question) == 1 else self._known).get(question)

    def _learn(
        self, asked: Sequence[Mapping[str, Question]], histories: Sequence[History]
    ) -> Sequence[Mapping[str, Candidates] | None]:
        """The answers for each case, by kind of event; None where the network has none."""
        fresh: dict[Question, str | None] = {}
        for questions, history in zip(asked, histories, strict=True):
            for question in questions.values():
                if self._answer(question) is None and question not in self._poison:
                    fresh.setdefault(question, history.case)
        if fresh and self._gone is None:
            self._ask(fresh)
        found = [self._answers(questions) for questions in asked]
        if len(self._known) > REMEMBERED:
            self._known.clear()
        return found

    def _answers(self, questions: Mapping[str, Question]) -> Mapping[str, Candidates] | None:
        found = {}
        for kind, question in questions.items():
            answer = self._answer(question)
            if answer is None:
                return None
            found[kind] = answer
        return found

    def _ask(self, fresh: Mapping[Question, str | None]) -> None:
        """Put questions to the network, each with the case in which it first came up."""
        try:
            self._foresee()
            asked = [question for question in fresh if self._answer(question) is None]
            answers = self._link.ask(self._number, self._patterns, asked) if asked else []
        except Unavailable as state:
            self._gone = str(state)
            if not state.missing:
                self._incidents.append(Incident(self._own_name, next(iter(fresh.values())), str(state)))
            return
        for question, answer in zip(asked, answers, strict=True):
            if isinstance(answer, str):
                self._poison.add(question)
                self._incidents.append(Incident(self._own_name, fresh[question], answer))
            else:
                self._keep(question, answer)
        if len(self._poison) >= FAILURES:
            self._gone = f"the network failed {len(self._poison)} times, last: {self._incidents[-1].what}"

    def _foresee(self) -> None:
        """Ask once what every kind sets off by itself; of what fails nothing is said until a case puts it.

        Raises:
            Unavailable: as `start`.
        """
        if self._foreseen:
            return
        cases = [[self._kinds[kind] for kind in case] for case in apart(self._beside)]
        answers = self._link.ask(self._number, self._patterns, cases)
        self._foreseen = True
        for case, answer in zip(cases, answers, strict=True):
            if not isinstance(answer, str):  # else each is put when it is met, so that only what failed is to blame
                hits: dict[int, list[Hit]] = {kind: [] for kind in case}
                for hit in answer:
                    hits.get(hit[1], []).append(hit)
                for kind, found in hits.items():
                    self._keep((kind,), found)

    def _keep(self, question: Question, hits: Sequence[Hit]) -> None:
        """What the event itself sets off; the kinds beside it are asked about with what is beside them."""
        orders = frozenset([order for order, number in hits if number == question[0]])
        kind = self._names[question[0] - 1]
        alone, plain = len(question) == 1, not self._beside[kind]
        found = Candidates(orders, self._screens if plain else {})
        put(found.screens, kind, [self._rules[order] for order in sorted(orders)])
        (self._alone if alone else self._known)[question] = found
        if plain:
            self._unsettled.discard(kind)


def heard(program: Program) -> tuple[str, ...]:
    """Every kind of event a rule listens to."""
    return tuple(sorted({kind for rule in program.rules for kind in rule.triggers | needed(rule)}))


def patterns(program: Program, kinds: Mapping[str, int]) -> list[Pattern]:
    return [
        (rule.order, kinds[kind], tuple(sorted(kinds[other] for other in needed(rule) - {kind})))
        for rule in program.rules
        for kind in sorted(rule.triggers)
    ]


def beside(program: Program) -> Mapping[str, frozenset[str]]:
    """For each kind of event that sets a rule off, the kinds that some such rule needs beside it."""
    found: dict[str, frozenset[str]] = {}
    for rule in program.rules:
        for kind in rule.triggers:
            found[kind] = found.get(kind, frozenset()) | (needed(rule) - {kind})
    return found


def apart(beside: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Kinds that may be put as one case, because none of them needs another of them."""
    cases: list[tuple[dict[str, None], set[str]]] = []
    for kind, others in sorted(beside.items()):
        fitting = [
            (members, needs)
            for members, needs in cases
            if len(members) < KINDS_AT_ONCE and kind not in needs and others.isdisjoint(members)
        ]
        if not fitting and len(cases) < CASES_AT_ONCE:
            cases.append(({}, set()))
            fitting = cases[-1:]
        for members, needs in fitting[:1]:
            members[kind] = None
            needs.update(others)
    return [list(members) for members, _ in cases]


def needed(rule: CompiledRule) -> frozenset[str]:
    """What else must be in the case; nothing where the condition waits for the bearer."""
    return frozenset() if rule.per_bearer else rule.requires
