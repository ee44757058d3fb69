"""The native matcher keeps clear of what durable-rules is wrong about, and its failure costs no answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from made import pack_with
from remit.matching.choose import choose
from remit.matching.history import History
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.program.compile import compile_program
from remit.program.program import Program
from strategies import START

pytest.importorskip("remit.matching.durable", reason="durable-rules cannot be imported here (no C compiler?)")

RULE = "id: r{n}\nquote: Words of the law.\nmust: send_reminder\nbearer: {{role: branch, place: event.place}}\non: item_overdue\n"


def program_of(folder: Path, rules: str) -> Program:
    return compile_program(pack_with(folder, rules).policies)


def overdue(number: int, **data: object) -> Event:
    at = START + timedelta(hours=number)
    return Event(f"e{number}", "item_overdue", at, at, "c", None, "harbour", None, {"days_late": 20, **data})


def same(program: Program, history: History) -> int:
    native = choose(program, "durable")
    expected = Reference(program).bindings(history)
    assert native.bindings(history) == expected
    assert native.bindings(history) == expected, "a session that is used again forgets nothing and keeps nothing"
    assert not native.incidents
    return len(expected)


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


def test_a_very_long_case_is_handed_to_the_reference(tmp_path: Path) -> None:
    program = program_of(tmp_path, RULE.format(n=1))
    assert same(program, History.of("c", [overdue(n) for n in range(700)])) == 700


def test_a_failure_of_the_network_is_made_good_and_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(tmp_path, RULE.format(n=1))
    native = choose(program, "durable")
    history = History.of("c", [overdue(1)])

    def broken(_history: History) -> set[tuple[int, int]]:
        raise RuntimeError("assert fact status: 224")

    with monkeypatch.context() as patch:
        patch.setattr(native, "_match", broken)
        assert native.bindings(history) == Reference(program).bindings(history)
    assert [(i.backend, i.case) for i in native.incidents] == [("durable", "c")]
    assert "224" in native.incidents[0].what
    assert native.bindings(history) == Reference(program).bindings(history)
    assert len(native.incidents) == 1, "and it works again"
