"""A small vocabulary for conditions, and situations to judge them in."""

from __future__ import annotations

from datetime import UTC, datetime

from remit.expressions.checker import check
from remit.expressions.evaluate import evaluate
from remit.expressions.lexicon import Lexicon
from remit.expressions.parser import parse
from remit.expressions.situation import Situation, Stated
from remit.model.event import Event
from remit.model.expression import Expression, Unknown, Value
from remit.model.terms import ValueKind
from remit.model.text import Text
from remit.model.vocabulary import Attribute, Choice, EventType

AT = datetime(2024, 5, 6, 21, tzinfo=UTC)


def attribute(name: str, zh: str, kind: ValueKind, of: str = "event", **more: object) -> Attribute:
    return Attribute(name, Text(zh, name), kind, of, **more)


ATTRIBUTES = (
    attribute("n0", "数甲", ValueKind.INT),
    attribute("n1", "数乙", ValueKind.INT),
    attribute("f0", "甲", ValueKind.BOOL),
    attribute("f1", "乙", ValueKind.BOOL),
    attribute("t0", "文", ValueKind.TEXT),
    attribute("m0", "钱", ValueKind.DECIMAL),
    attribute("d0", "日子", ValueKind.DATE),
    attribute("l0", "时长甲", ValueKind.DURATION),
    attribute("age", "年龄", ValueKind.INT, "subject"),
    attribute("ageing", "年龄段", ValueKind.INT, "subject"),
    attribute("known", "知情", ValueKind.BOOL, "subject", absent_means=False, reason="silence is no"),
    attribute(
        "kind",
        "类别",
        ValueKind.CHOICE,
        choices=(Choice("found", Text("发现", "was found")), Choice("lost", Text("走失", "was lost"))),
    ),
    attribute("tags", "标签", ValueKind.TEXT, many=True),
)
EVENTS = (
    EventType("seen", Text("看见", "seen"), tuple(a.id for a in ATTRIBUTES if a.of == "event")),
    EventType("told", Text("告知", "told"), ("f0",)),
)
LEXICON = Lexicon.of(ATTRIBUTES, EVENTS)


def read(text: str) -> Expression:
    """Parsed and checked."""
    return check(parse(text, LEXICON), LEXICON, events=("seen",), text=text)


def situation(others: tuple[Event, ...] = (), subject: dict[str, Value] | None = None, **data: Value) -> Situation:
    event = Event("e1", "seen", AT, AT, "c", data=data)
    return Situation(event, {k: Stated(v, "e0") for k, v in (subject or {}).items()}, None, (event, *others))


def judged(
    text: str, *, subject: dict[str, Value] | None = None, others: tuple[Event, ...] = (), **data: Value
) -> Value | Unknown:
    return evaluate(read(text), situation(others, subject, **data))
