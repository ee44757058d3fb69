"""The native matcher keeps clear of what durable-rules is wrong about, and its failure costs no answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from made import pack_with
from native import durable, needs_network
from remit.matching.durable import Durable
from remit.matching.history import History
from remit.matching.network import Hit, Network, Ruleset
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.program.compile import compile_program
from remit.program.program import Program
from strategies import START

RULE = "id: r{n}\nquote: Words of the law.\nmust: send_reminder\nbearer: {{role: branch, place: event.place}}\non: item_overdue\n"


def program_of(folder: Path, rules: str) -> Program:
    return compile_program(pack_with(folder, rules).policies)


def overdue(number: int, **data: object) -> Event:
    at = START + timedelta(hours=number)
    return Event(f"e{number}", "item_overdue", at, at, "c", None, "harbour", None, {"days_late": 20, **data})


def same(program: Program, history: History) -> int:
    expected = Reference(program).bindings(history)
    for backend in ("durable", "durable-inline"):
        native = durable(program, backend)
        assert native.bindings(history) == expected
        forget(native)
        assert native.bindings(history) == expected, "a session that is used again forgets nothing and keeps nothing"
        assert (native.name, native.incidents) == (backend, ())
    return len(expected)


def forget(native: Durable) -> None:
    """What was asked all at once is asked again, one by one."""
    native._alone.clear()
    native._known.clear()
    native._screens.clear()
    native._unsettled = set(native._beside)


def test_more_rules_on_one_event_than_the_network_can_wake(tmp_path: Path) -> None:
    program = program_of(tmp_path, "---\n".join(RULE.format(n=n) for n in range(150)))
    assert same(program, History.of("c", [overdue(1), overdue(2)])) == 300


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63)])
def test_integers_at_the_edge_of_64_bits(tmp_path: Path, value: int) -> None:
    program = program_of(
        tmp_path,
        RULE.format(n=1)
        + "if: event.days_late == "
        + str(value).replace("-", "0 - 1 - ").replace("9223372036854775808", "9223372036854775807")
        + "\n",
    )
    assert same(program, History.of("c", [overdue(1, days_late=value)])) == 1


def test_texts_longer_than_the_network_can_hold(tmp_path: Path) -> None:
    program = program_of(tmp_path, RULE.format(n=1))
    assert same(program, History.of("c", [overdue(1, note="long " * 40_000)])) == 1


def test_ids_in_any_script(tmp_path: Path) -> None:
    program = program_of(tmp_path, RULE.format(n=1))
    strange = Event("事件/一 %", "item_overdue", START, START, "案件 甲\n乙", None, "harbour", "人", {"days_late": 20})
    assert same(program, History.of("案件 甲\n乙", [strange])) == 1


def test_several_conditions_on_other_events_join_once(tmp_path: Path) -> None:
    rule = (
        RULE.format(n=1)
        + 'if: case.events.exists(e, e.type == "item_lost") && case.events.exists(f, f.type == "item_returned")\n'
    )
    program = program_of(tmp_path, rule)
    others = [Event(f"x{n}", kind, START, START, "c") for n, kind in enumerate(["item_lost", "item_returned"] * 5)]
    assert same(program, History.of("c", [overdue(1), *others])) == 1
    assert same(program, History.of("c", [overdue(1), others[0]])) == 0


def test_a_very_long_case(tmp_path: Path) -> None:
    program = program_of(tmp_path, RULE.format(n=1))
    assert same(program, History.of("c", [overdue(n) for n in range(700)])) == 700


def test_more_kinds_of_event_than_one_ruleset_can_tell_apart() -> None:
    needs_network()
    network = Network([(rule, rule, ((rule + 7) % 900,)) for rule in range(900)])
    present = [kind for kind in range(900) if kind % 3]
    assert sorted(network.hits(present)) == [(kind, kind) for kind in present if (kind + 7) % 900 % 3]


def test_a_condition_that_waits_for_the_bearer_discriminates_nothing(tmp_path: Path) -> None:
    """The guard lets it pass; to ask for the other event here would make the back ends differ."""
    rule = RULE.format(n=1) + 'if: case.events.exists(e, e.type == "item_lost")\n'
    compiled = replace(program_of(tmp_path, rule).rules[0], per_bearer=True)
    program = Program((compiled,), {"r1": (compiled,)}, {"item_overdue": (compiled,)})
    assert same(program, History.of("c", [overdue(1)])) == 1


def test_an_exception_in_this_process_is_an_incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(tmp_path, RULE.format(n=1))
    history = History.of("c", [overdue(1)])

    def broken(_network: Network, _kinds: object) -> list[Hit]:
        raise RuntimeError("assert fact status: 224")

    monkeypatch.setattr(Network, "hits", broken)
    native = durable(program, "durable-inline")
    assert native.bindings(history) == Reference(program).bindings(history)
    assert [(i.backend, i.case) for i in native.incidents] == [("durable-inline", "c")]
    assert "224" in native.incidents[0].what


def test_a_fact_the_network_loses_is_not_overlooked() -> None:
    """As on a machine whose clock stands at the epoch: it then serves no action, and says nothing."""
    needs_network()
    network = Network([(1, 1, ()), (2, 2, ())])
    (ruleset,) = network._rulesets
    assert sorted(network.hits([1, 2])) == [(1, 1), (2, 2)]
    core = ruleset._core
    ruleset._core = SimpleNamespace(
        assert_facts=lambda handle, facts: core.assert_facts(handle, json.dumps(json.loads(facts)[:1])),
        start_action_for_state=core.start_action_for_state,
        complete_and_start_action=core.complete_and_start_action,
        retract_facts=core.retract_facts,
    )
    with pytest.raises(RuntimeError, match="1 of 2 facts"):
        network.hits([1, 2])
    ruleset._core = SimpleNamespace(
        assert_facts=core.assert_facts, start_action_for_state=lambda *_: None, retract_facts=core.retract_facts
    )
    with pytest.raises(RuntimeError, match="0 of 2 facts"):
        network.hits([1, 2])


def test_no_rule_has_more_than_one_element() -> None:
    """Joins make the core write outside its arrays; see the module."""
    definitions: list[dict[str, dict[str, object]]] = []
    core = SimpleNamespace(create_ruleset=lambda _name, text: definitions.append(json.loads(text)))
    Ruleset(core, [(1, 1, ()), (2, 1, (2, 3)), (3, 2, (1,))])
    assert {len(rule["all"]) for rule in definitions[0].values()} == {1}
