"""Obligation ↔ the bytes of its row. What the rule itself says (quotes, labels, inferred parts) is taken from the pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from sys import intern
from typing import Any

import msgspec

from remit.ledger.codec import EPOCH, AlteredError, microseconds
from remit.model.obligation import Deadline, Obligation, Party, Question
from remit.model.rule import Rule
from remit.model.terms import Basis, Kind, Modality, Nature, Status
from remit.model.text import Text


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of every obligation it raises: made once, and shared by all of them."""

    policy: str
    rule: str
    article: str
    article_label: str
    quotes: tuple[str, ...]
    action: str
    inferred: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, rule: Rule) -> Said:
        return cls(
            rule.policy, rule.id, rule.article, rule.article_label, tuple(quote.text for quote in rule.quotes),
            rule.action or "", tuple(rule.inferred.items()),
        )  # fmt: skip


#: (policy, rule) → what the rule says.
Rules = Mapping[tuple[str, str], Said]


def said_by(rules: Iterable[Rule]) -> Rules:
    return {(rule.policy, rule.id): Said.of(rule) for rule in rules}


#: A moment in the pack's zone.
Localise = Callable[[datetime], datetime]

#: What was found where the projection is damaged, and what mends it.
ROW = "a row of what is owed that nobody wrote so"
REBUILD = "`remit ledger rebuild` works out anew what is owed; nothing that was reported is lost by it"

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def moment(count: int | None) -> datetime | None:
    """The moment so many microseconds after 1970, in UTC."""
    return None if count is None else instant(count)


def instant(count: int) -> datetime:
    """As `moment`, of a number that is there.

    Raises:
        AlteredError: there is no such moment.
    """
    try:
        return EPOCH + timedelta(microseconds=count)
    except OverflowError:
        raise AlteredError("a moment that nobody wrote so") from None


def maybe(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


#: Opens, due and latest, in microseconds.
Moments = tuple[int | None, int | None, int | None]


def moments(found: Deadline, opens: int | None) -> Moments:
    """When an obligation opens, which is given, is due, and may last be done."""
    due = maybe(found.due)
    return opens, due, due if found.latest is found.due else maybe(found.latest)


def pack(found: Obligation, times: Moments) -> bytes:
    """The same bytes for the same bare obligation; `times` are its `moments`."""
    due = found.deadline
    return _encoder.encode(
        (
            found.id, found.policy, found.rule, found.modality, found.nature, found.kind,
            _party(found.bearer), _parties(found.performers), _parties(found.to), _parties(found.cooperating), found.case, found.subject, found.period, found.status,
            found.triggered_by,
            (*times, due.state, due.reading, due.awaits, *due.calendars),
            maybe(found.performed_at), found.performed_by, maybe(found.breached_at), found.rebuttable,
            found.handover_open, [_question(q) for q in found.questions] if found.questions else (), found.transferred_to, found.transferred_from,
        )
    )  # fmt: skip


def unpack(raw: bytes, rules: Rules, localise: Localise) -> Obligation:
    """The obligation of a row; its moments in the pack's zone. What many have in common is one object in memory.

    Raises:
        AlteredError: it is the row of none, or of none that a rule of these raises.
    """
    try:
        return _unpacked(raw, rules, localise)
    except (msgspec.MsgspecError, LookupError, ValueError, TypeError, ArithmeticError) as wrong:
        raise AlteredError(ROW, REBUILD) from wrong


def _unpacked(raw: bytes, rules: Rules, localise: Localise) -> Obligation:
    (
        own, policy, rule, modality, nature, kind, bearer, performers, to, cooperating, case, subject, period, status,
        triggered, due, performed_at, performed_by, breached_at, rebuttable, handover, questions, moved_to, moved_from,
    ) = _decoder.decode(raw)  # fmt: skip
    law = rules[policy, rule]

    def at(count: int | None) -> datetime | None:
        return None if count is None else localise(instant(count))

    opens, last = at(due[0]), at(due[1])
    return Obligation(
        id=own, rule=law.rule, policy=law.policy, article=law.article, article_label=law.article_label,
        quotes=law.quotes, modality=Modality(modality), action=law.action,
        nature=Nature(nature), kind=Kind(kind), bearer=_party_of(*bearer), performers=_parties_of(performers),
        to=_parties_of(to), cooperating=_parties_of(cooperating), case=case, subject=subject, period=period,
        status=Status(status), triggered_by=tuple(triggered),
        deadline=Deadline(
            opens, last, last if due[2] == due[1] else at(due[2]), intern(due[3]), due[4], due[5], tuple(due[6:])
        ),
        performed_at=at(performed_at), performed_by=tuple(performed_by), breached_at=at(breached_at),
        rebuttable=rebuttable, handover_open=handover,
        questions=tuple(_question_of(q) for q in questions), transferred_to=moved_to, transferred_from=moved_from,
        inferred=law.inferred,
    )  # fmt: skip


#: Units as they stand in rows, by identity: all duties that are routed alike share theirs.
_written: dict[int, tuple[Party, msgspec.Raw]] = {}
#: So many are remembered at a time.
PARTIES = 10_000


def _party(party: Party) -> msgspec.Raw:
    found = _written.get(id(party))
    if found is None or found[0] is not party:
        label = party.label
        cells = (party.id, label.zh, label.en, party.role, party.level, party.place, party.basis, party.routed)
        if len(_written) >= PARTIES:
            _written.clear()
        found = _written[id(party)] = (party, msgspec.Raw(_encoder.encode(cells)))
    return found[1]


def _parties(parties: tuple[Party, ...]) -> list[msgspec.Raw] | tuple[()]:
    return [_party(party) for party in parties] if parties else ()


@lru_cache(maxsize=10_000)
def _party_of(
    name: str, zh: str, en: str, role: str | None, level: str, place: str, basis: str, routed: bool
) -> Party:  # fmt: skip
    return Party(name, Text(zh, en), role, level, place, Basis(basis), routed)


def _parties_of(cells: list[list[Any]]) -> tuple[Party, ...]:
    return tuple([_party_of(*cell) for cell in cells])


def _question(asked: Question) -> tuple[Any, ...]:
    return (
        asked.obligation,
        asked.rule,
        asked.case,
        asked.subject,
        asked.fact,
        asked.ask.zh,
        asked.ask.en,
        asked.asked_of,
    )


def _question_of(cells: list[Any]) -> Question:
    obligation, rule, case, subject, fact, zh, en, asked_of = cells
    return Question(obligation, rule, case, subject, fact, Text(zh, en), asked_of)
