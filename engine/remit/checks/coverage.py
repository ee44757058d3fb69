"""Each sentence of the source: formalised, declared to bind nobody, or open, clause by clause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from remit.model.records import record
from remit.model.rule import Policy, Rule, Sentence
from remit.model.terms import Modality
from remit.pack.load import Pack

FORMALISED, DECLARED, OPEN = "formalised", "declared", "open"
CLAUSE_END = re.compile(r"[，；：,;]")
#: What carries no meaning of its own: punctuation, blanks, and the number of an article or item at the start.
EMPTY = re.compile(r"[\s\u3000。、！？.!?，；：,;“”]*")
NUMBER = re.compile(
    r"(?:第[零〇一二三四五六七八九十百千\d]+条|（[一二三四五六七八九十]+）|(?:Article|Section)\s*\d+[A-Za-z]?\.?|\([0-9a-z]+\))\s*"
)


@record
class Covered:
    """One sentence, what became of it, the rules that rest on it, and the clauses nothing rests on."""

    policy: str
    sentence: Sentence
    state: str
    rules: tuple[str, ...]
    open_clauses: tuple[str, ...]


@record
class Coverage:
    """Every sentence but the headings, in order."""

    sentences: tuple[Covered, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many sentences are in each state."""
        found = Counter(covered.state for covered in self.sentences)
        return {state: found[state] for state in (FORMALISED, DECLARED, OPEN)}

    @property
    def complete(self) -> bool:
        """Whether no sentence is open."""
        return self.counts[OPEN] == 0


def coverage(pack: Pack) -> Coverage:
    """What became of each sentence of each policy of the pack."""
    return Coverage(tuple(c for policy in pack.policies for c in of_policy(policy)))


def of_policy(policy: Policy) -> Iterator[Covered]:
    resting: dict[int, list[tuple[Rule, int, int]]] = {}
    for rule in policy.rules:
        for quote in rule.quotes:
            for index, start, end in quote.spans:
                resting.setdefault(index, []).append((rule, start, end))
    for sentence in policy.sentences:
        if not sentence.heading:
            yield of_sentence(policy.id, sentence, resting.get(sentence.index, []))


def of_sentence(policy: str, sentence: Sentence, resting: list[tuple[Rule, int, int]]) -> Covered:
    """A clause counts when every sign of it that means something lies in some quote."""
    touched = {at for _, start, end in resting for at in range(start, end)}
    left = tuple(
        sentence.text[start:end].strip()
        for start, end in clauses(sentence.text)
        if any(at not in touched and not EMPTY.fullmatch(sentence.text[at]) for at in range(start, end))
    )
    binding = any(rule.modality is not Modality.NON_NORMATIVE for rule, _, _ in resting)
    state = OPEN if left or not resting else FORMALISED if binding else DECLARED
    return Covered(policy, sentence, state, tuple(dict.fromkeys(rule.id for rule, _, _ in resting)), left)


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Where each clause begins and ends, the article's number left out.

    >>> [("甲，乙。")[a:b] for a, b in clauses("甲，乙。")]
    ['甲', '乙。']
    """
    number = NUMBER.match(text)
    start = number.end() if number else 0
    for end in CLAUSE_END.finditer(text, start):
        yield start, end.start()
        start = end.end()
    yield start, len(text)
