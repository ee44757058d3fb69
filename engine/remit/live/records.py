"""The records the live path makes most, made quickly."""

from __future__ import annotations

from remit.expressions.situation import Situation, Stated
from remit.model.obligation import Change, Deadline, Obligation, Question
from remit.model.records import maker

make_obligation = maker(Obligation)
make_deadline = maker(Deadline)
make_question = maker(Question)
make_situation = maker(Situation)
make_stated = maker(Stated)
make_change = maker(Change)
