"""Compiled conditions say what `evaluate` says, and ask what `unknown_facts` asks."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.expressions.closures import NOTHING, verdict_in_case_of, verdict_of
from remit.expressions.evaluate import evaluate, unknown_facts
from remit.live.doubts import doubts_of
from remit.matching.history import History
from remit.model.event import Event
from remit.model.expression import Expression
from remit.semantics.build import path_name
from strategies import DIFFERENTIAL, busy_conditions, busy_streams, of_agenda

trees = busy_conditions | of_agenda


@settings(max_examples=DIFFERENTIAL)
@given(trees, busy_streams(), st.data())
def test_a_compiled_condition_has_the_evaluator_s_verdict(
    tree: Expression, events: tuple[Event, ...], data: st.DataObject
) -> None:
    history = History.of("c1", events)
    situation = history.situation(data.draw(st.sampled_from(events)))
    expected = evaluate(tree, situation)
    assert verdict_of(tree)(situation, NOTHING) is expected
    assert verdict_of(tree)(replace(situation, matter=history.matter), NOTHING) is expected
    assert verdict_in_case_of(tree)(situation.event, history) is expected


@settings(max_examples=DIFFERENTIAL)
@given(trees, busy_streams(), st.data())
def test_its_doubts_are_the_unknown_facts(tree: Expression, events: tuple[Event, ...], data: st.DataObject) -> None:
    history = History.of("c1", events)
    situation = history.situation(data.draw(st.sampled_from(events)))
    asked = [doubt.fact for doubt in doubts_of(tree, {})(situation, NOTHING)]
    assert list(dict.fromkeys(asked)) == list(dict.fromkeys(map(path_name, unknown_facts(tree, situation))))
