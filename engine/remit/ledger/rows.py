"""Obligation ↔ the bytes of its row. What the rule itself says (quotes, labels, inferred parts) is taken from the pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from remit.ledger.codec import EPOCH, microseconds
from remit.model.obligation import Deadline, Obligation, Party, Question
from remit.model.rule import Rule
from remit.model.terms import Basis, Kind, Modality, Nature, Status
from remit.model.text import Text

#: (policy, rule) → the rule.
Rules = Mapping[tuple[str, str], Rule]
#: A moment in the pack's zone.
Localise = Callable[[datetime], datetime]

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def moment(count: int | None) -> datetime | None:
    """The moment so many microseconds after 1970, in UTC."""
    return None if count is None else instant(count)


def instant(count: int) -> datetime:
    """As `moment`, of a number that is there."""
    return EPOCH + timedelta(microseconds=count)


def maybe(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


#: Opens, due and latest, in microseconds.
Moments = tuple[int | None, int | None, int | None]


def moments(found: Obligation) -> Moments:
    """When an obligation opens, is due, and may last be done."""
    due = found.deadline
    return maybe(due.opens), maybe(due.due), maybe(due.latest)


def pack(found: Obligation, times: Moments) -> bytes:
    """The same bytes for the same bare obligation; `times` are its `moments`."""
    due = found.deadline
    return _encoder.encode(
        (
            found.id, found.policy, found.rule, found.modality, found.nature, found.kind,
            _party(found.bearer), [_party(p) for p in found.performers], [_party(p) for p in found.to],
            [_party(p) for p in found.cooperating], found.case, found.subject, found.period, found.status,
            found.triggered_by,
            (*times, due.state, due.reading, due.awaits, *due.calendars),
            maybe(found.performed_at), found.performed_by, maybe(found.breached_at), found.rebuttable,
            found.handover_open, [_question(q) for q in found.questions], found.transferred_to, found.transferred_from,
        )
    )  # fmt: skip


def unpack(raw: bytes, rules: Rules, localise: Localise) -> Obligation:
    """The obligation of a row; its moments in the pack's zone.

    Raises:
        KeyError: the pack has no such rule.
    """
    (
        own, policy, rule, modality, nature, kind, bearer, performers, to, cooperating, case, subject, period, status,
        triggered, due, performed_at, performed_by, breached_at, rebuttable, handover, questions, moved_to, moved_from,
    ) = _decoder.decode(raw)  # fmt: skip
    law = rules[policy, rule]

    def at(count: int | None) -> datetime | None:
        return None if count is None else localise(instant(count))

    return Obligation(
        id=own, rule=rule, policy=policy, article=law.article, article_label=law.article_label,
        quotes=tuple(quote.text for quote in law.quotes), modality=Modality(modality), action=law.action or "",
        nature=Nature(nature), kind=Kind(kind), bearer=_party_of(bearer),
        performers=tuple(map(_party_of, performers)), to=tuple(map(_party_of, to)),
        cooperating=tuple(map(_party_of, cooperating)), case=case, subject=subject, period=period,
        status=Status(status), triggered_by=tuple(triggered),
        deadline=Deadline(at(due[0]), at(due[1]), at(due[2]), due[3], due[4], due[5], tuple(due[6:])),
        performed_at=at(performed_at), performed_by=tuple(performed_by), breached_at=at(breached_at),
        rebuttable=rebuttable, handover_open=handover,
        questions=tuple(_question_of(q) for q in questions), transferred_to=moved_to, transferred_from=moved_from,
        inferred=tuple(law.inferred.items()),
    )  # fmt: skip


def _party(party: Party) -> tuple[Any, ...]:
    label = party.label
    return (party.id, label.zh, label.en, party.role, party.level, party.place, party.basis, party.routed)


def _party_of(cells: list[Any]) -> Party:
    name, zh, en, role, level, place, basis, routed = cells
    return Party(name, Text(zh, en), role, level, place, Basis(basis), routed)


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
