"""Rules that read facts which turn, for the tests of what is owed by what was known from moment to moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st

from remit.matching.reference import Reference
from remit.model.expression import (
    And,
    Compare,
    Comparison,
    Expression,
    Literal,
    Macro,
    Not,
    Or,
    Path,
    Quantify,
    Variable,
)
from remit.model.rule import ByUnit, Condition, On, Policy, Quote, Rule
from remit.model.terms import Modality, Per, ValueKind
from remit.model.text import Text
from remit.program.compile import compile_program
from remit.semantics.law import Law
from strategies import READINGS, calendar, happened, moving_world

WORLD, CALENDAR = moving_world(), calendar()
FLAGS = ("f0", "f1", "f2")


def law_of(policies: Sequence[Policy]) -> Law:
    program = compile_program(policies)
    return Law(program, WORLD, READINGS, CALENDAR, {}, Reference(program))


def fact(root: str, name: str) -> Expression:
    return Path(Variable(root), name, kind=ValueKind.BOOL)


facts = st.builds(fact, st.sampled_from(("subject", "subject", "case", "event")), st.sampled_from(FLAGS))
earlier = st.builds(
    lambda name: Quantify(
        Macro.EXISTS,
        Path(Variable("case"), "events"),
        "e",
        And(Compare(Comparison.LT, Path(Variable("e"), "at"), Path(Variable("event"), "at")), fact("e", name)),
    ),
    st.sampled_from(FLAGS),
)
counted = st.builds(
    lambda root, sign, number: Compare(sign, Path(Variable(root), "n0", kind=ValueKind.INT), Literal(number)),
    st.sampled_from(("event", "event", "subject")),
    st.sampled_from(Comparison),
    st.integers(-1, 1),
)
turning = st.recursive(
    facts | facts | counted | happened | earlier,
    lambda inner: st.builds(And, inner, inner) | st.builds(Or, inner, inner) | st.builds(Not, inner),
    max_leaves=4,
)


def rule(number: int, condition: Expression, per: Per, **said: object) -> Rule:
    """A duty of one unit, set off by every report."""
    return Rule(
        id=f"r{number}", policy="p", article="0", article_label="Article 0", quotes=(Quote("words", "0", (0,)),),
        modality=Modality.MUST, action=f"act{number}", bearers=(ByUnit("north.watch"),), trigger=On(("e0",)), per=per,
        condition=Condition(condition, "made"), **said,  # type: ignore[arg-type]  # as said
    )  # fmt: skip


def policy(*rules: Rule) -> Policy:
    return Policy(
        id="p", title=Text("p", "p"), number="1", issuer="land", level="land", issued_on=date(2023, 12, 1),
        effective_on=date(2023, 12, 1), repealed_on=None, first_period="full", sentences=(), rules=rules,
    )  # fmt: skip
