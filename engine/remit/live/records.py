"""The records the live path makes most, made quickly."""

from __future__ import annotations

from remit.model.obligation import Deadline, Obligation, Question
from remit.model.records import maker

make_obligation = maker(Obligation)
make_deadline = maker(Deadline)
make_question = maker(Question)
