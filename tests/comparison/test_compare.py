"""Pairs of packs, one for each kind of change: what changed in meaning is found, and what only reads otherwise is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from made import LIBRARY, pack_with
from remit import Engine, Pack
from remit.comparison.changes import KINDS, MIRRORED, SUBJECTS, Change
from remit.comparison.compare import compare
from remit.errors import PackError
from strategies import DIFFERENTIAL

ROOT = Path(__file__).parents[2]
BYLAWS = "policies/bylaws-2024/bylaws.md"
REMINDER = "id: a1.reminder\nquote: A branch shall promptly send a reminder to the borrower of an item that is more than 14 days overdue"  # fmt: skip
Told = tuple[str, str, str, str | None]


def edited(folder: Path, *edits: tuple[str, str, str]) -> Pack:
    """The library pack with passages changed in several files."""
    root = folder / "edited"
    shutil.copytree(LIBRARY, root)
    for file, old, new in edits:
        text = (root / file).read_text("utf-8")
        assert old in text, old
        (root / file).write_text(text.replace(old, new), "utf-8")
    return Pack.load(root)


def changes(old: Pack, new: Pack) -> tuple[Change, ...]:
    return compare(old, new).changes


def told(found: tuple[Change, ...]) -> list[Told]:
    return [(c.kind, c.subject, c.name, c.part) for c in found]


RULE = [
    ("the bound is lower", "if: event.days_late > 14\nby: {r", "if: event.days_late > 10\nby: {r", ("widened", "a1.reminder", "if")),
    ("the bound is higher", "if: event.days_late > 14\nby: {r", "if: event.days_late > 20\nby: {r", ("narrowed", "a1.reminder", "if")),
    ("one end each", "if: event.days_late > 14\nby: {r", "if: event.days_late > 20 || event.days_late == 3\nby: {r", ("redrawn", "a1.reminder", "if")),
    ("the same in other words", "if: event.days_late > 14\nby: {r", "if: '!(event.days_late <= 14)'\nby: {r", ("equivalent", "a1.reminder", "if")),
    ("whole numbers", "if: event.days_late > 14\nby: {r", "if: event.days_late >= 15\nby: {r", ("equivalent", "a1.reminder", "if")),
    ("the exception is gone", "unless: subject.guardian_known\n", "", ("widened", "a1.guardian", "if")),
    ("an exception is new", "on: item_lost\n", 'on: item_lost\nunless: event.kind == "film"\n', ("narrowed", "a2.charge", "if")),
    ("what is left undecided", "subject.age < 16\n", "has(subject.age) && subject.age < 16\n", ("doubt", "a1.guardian", "if")),
    ("another event as well", "on: item_lost\n", "on: [item_lost, item_overdue]\n", ("widened", "a2.charge", "if")),
    ("shorter", "by: {hours: 48}", "by: {hours: 24}", ("deadline", "a1.guardian", "by")),
    ("from the event", "by: {hours: 48}", "by: {hours: 48, from: event}", ("deadline", "a1.guardian", "by")),
    ("one desk for each", "must: keep_open\nbearer: {each: branch}", "must: keep_open\nbearer: {unit: hill-library}", ("moved", "a3.open", "bearer")),
    ("other recipients", "to: {unit: head-office}", "to: {unit: hill-library}", ("moved", "a3.report", "to")),
    ("the same desk by another way", "to: {unit: head-office}", "to: {role: office, place: norrtown}", ("equivalent", "a3.report", "to")),
    ("somebody must assist", "always: true\nindicator", "with: {unit: head-office}\nalways: true\nindicator", ("changed", "a3.open", "with")),
    ("no recipient", "to: {unit: head-office}\n", "", ("changed", "a3.report", "to")),
    ("more performs it", "done: reminder_sent", "done: [reminder_sent, item_returned]", ("widened", "a1.reminder", "done")),
    ("less breaches it", 'where: event.kind == "rare book"', 'where: event.kind == "rare book" && event.kind == "film"', ("narrowed", "a2.rare", "breach")),
    ("the same breach in other words", 'where: event.kind == "rare book"', "where: '!(event.kind != \"rare book\")'", ("equivalent", "a2.rare", "breach")),
    ("more often", "every: half_year", "every: quarter", ("changed", "a3.count", "on")),
    ("no longer a duty", "must: keep_open", "may: keep_open", ("changed", "a3.open", "must")),
    ("no consequence", "then: a3.report\n---", "---", ("changed", "a3.count", "then")),
    ("once a person", "by: {days: 30, rolls_over: true}", "per: subject\nby: {days: 30, rolls_over: true}", ("changed", "a2.charge", "per")),
    ("only for a time", "on: item_lost\n", "on: item_lost\nuntil: 2024-12-31\n", ("changed", "a2.charge", "since")),
    ("said by the text itself", "inferred: {bearer: the branch lent it}\n", "", ("changed", "a2.charge", "inferred")),
    ("another quote", "quote: Every branch counts its stock each half-year.", "quote: Every branch counts its stock", ("changed", "a3.count", "quote")),
    ("another id", "id: a2.waive", "id: a2.remit", ("renamed", "a2.remit", "id")),
]  # fmt: skip


FACTS = [
    ("facts/readings.yaml", "working_days: 3", "working_days: 5", ("changed", "reading", "promptly", "by")),
    ("facts/readings.yaml", "means: within three", "means: within about three", ("changed", "reading", "promptly", "means")),
    ("facts/units.yaml", "place: norrtown}", "place: norrtown, located_in: harbour-library}", ("changed", "unit", "head-office", "relations")),
    ("facts/units.yaml", "label: Hill Library", "label: Library on the Hill", ("changed", "unit", "hill-library", "label")),
    ("facts/units.yaml", "units:\n", "units:\n  bus: {label: Book Bus, roles: [], place: norrtown}\n", ("added", "unit", "bus", None)),
    ("facts/attributes.yaml", "days_late: {label: days late, type: int, min: 0}", "days_late: {label: days late, type: int, min: 0, max: 99}", ("changed", "attribute", "days_late", "max")),
    ("facts/attributes.yaml", "film: film}", "film: film, map: map}", ("changed", "attribute", "kind", "choices")),
    ("facts/events.yaml", "attributes: [kind, item_value]", "attributes: [kind, item_value], required: [kind]", ("changed", "event", "item_lost", "required")),
    ("facts/events.yaml", "item_lost:", "item_sold: {label: item sold}\nitem_lost:", ("added", "event", "item_sold", None)),
    ("facts/calendars/2024.yaml", "  National Day: 2024-06-06\n", "", ("changed", "calendar", "2024", "days off")),
    ("facts/places.yaml", "hill: {label: Hill", "dale: {label: Dale, level: branch, in: norrtown}\nhill: {label: Hill", ("added", "place", "dale", None)),
    ("policies/bylaws-2024/policy.yaml", "effective_on: 2024-02-01", "effective_on: 2024-03-01", ("changed", "policy", "bylaws-2024", "effective_on")),
    ("facts/pack.yaml", "fallback: head-office", "fallback: hill-library", ("changed", "pack", "pack", "fallback")),
]  # fmt: skip


def one_changed(folder: Path, old: str, new: str) -> Pack:
    if "then: a3.report" in old:  # what nothing sets off is refused
        return edited(folder, (BYLAWS, old, new), (BYLAWS, "to: {unit: head-office}\nby", "every: year\nto: {unit: head-office}\nby"))  # fmt: skip
    return edited(folder, (BYLAWS, old, new))


@pytest.mark.parametrize(("old", "new", "expected"), [case[1:] for case in RULE], ids=[case[0] for case in RULE])
def test_a_change_of_a_rule_is_told_by_what_it_means(
    tmp_path: Path, old: str, new: str, expected: tuple[str, str, str]
) -> None:
    kind, name, part = expected
    found = told(changes(Pack.load(LIBRARY), one_changed(tmp_path, old, new)))
    assert (kind, "rule", name, part) in found
    assert {n for _, subject, n, _ in found if subject == "rule"} <= {name, "a3.report"}


def mirrored(found: tuple[Change, ...]) -> list[str]:
    """The changes as they would be told the other way round."""
    names = {c.name: c.before.en for c in found if c.kind == "renamed" and c.before}
    return sorted(
        repr((MIRRORED.get(c.kind, c.kind), c.subject, names.get(c.name, c.name), c.part, c.after, c.before, bool(c.gained), bool(c.lost)))
        for c in found
    )  # fmt: skip


def as_told(found: tuple[Change, ...]) -> list[str]:
    return sorted(repr((c.kind, c.subject, c.name, c.part, c.before, c.after, bool(c.lost), bool(c.gained))) for c in found)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [case[1:] for case in RULE], ids=[case[0] for case in RULE])
def test_the_other_way_round_is_the_mirror_image(
    tmp_path: Path, old: str, new: str, expected: tuple[str, str, str]
) -> None:
    one, other = Pack.load(LIBRARY), one_changed(tmp_path, old, new)
    assert mirrored(changes(one, other)) == as_told(changes(other, one))


#: Every edit but the one that needs another beside it.
EDITS = [(BYLAWS, *case[1:3]) for case in RULE if "then:" not in case[1]] + [fact[:3] for fact in FACTS]
SETS = st.sets(st.sampled_from(EDITS), max_size=6)


@settings(max_examples=DIFFERENTIAL // 40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SETS, SETS)
def test_any_two_packs_differ_the_one_way_as_the_mirror_of_the_other(
    tmp_path_factory: pytest.TempPathFactory, some: set[tuple[str, str, str]], others: set[tuple[str, str, str]]
) -> None:
    try:
        one, other = (Pack.load(with_edits(tmp_path_factory.mktemp("pack"), edits)) for edits in (some, others))
    except PackError:
        reject()
    forth = changes(one, other)
    assert mirrored(forth) == as_told(changes(other, one))
    assert changes(one, one) == ()
    if applied(one) == applied(other):
        assert forth == ()


def with_edits(folder: Path, edits: set[tuple[str, str, str]]) -> Path:
    """The library pack with those of the edits whose passage is still there."""
    root = folder / "library"
    shutil.copytree(LIBRARY, root)
    for file, old, new in sorted(edits):
        path = root / file
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    return root


def applied(pack: Pack) -> dict[str, str]:
    return {p.relative_to(pack.root).as_posix(): p.read_text("utf-8") for p in pack.root.rglob("*.*") if p.is_file()}


@pytest.mark.parametrize("pack", [ROOT, ROOT / "examples" / "gdpr-breach", LIBRARY], ids=["fuxin", "gdpr", "library"])
def test_a_pack_and_itself_do_not_differ(pack: Path) -> None:
    assert changes(Pack.load(pack), Pack.load(pack)) == ()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (BYLAWS, "if: event.days_late > 14\nby", "if:    (event.days_late > 14)\nby"),
        (BYLAWS, "must: charge_replacement\nbearer: {role: branch, place: event.place}\non: item_lost", "触发: item_lost\n必须: charge the replacement\n责任单位: {角色: library branch, 地点: 事件.地点}"),
        (BYLAWS, "if: event.days_late > 14\nby", "如果: 事件.days_late ＞ 14\nby"),
        (BYLAWS, "# Bylaws", "# The bylaws, as adopted\n\nWords of the analyst."),
        (BYLAWS, 'where: event.kind == "rare book"', 'where: event.kind == "rare"'),
        ("facts/actions.yaml", "keep_open: {label: keep reading rooms open}", "keep_open: {label: keep them open, alias: open up}"),
        ("facts/events.yaml", "item_returned: {label: item returned}\nitem_lost: {label: item lost, attributes: [kind, item_value]}", "item_lost: {label: item lost, attributes: [item_value, kind]}\nitem_returned: {label: item returned}"),
    ],
    ids=["brackets", "order of keys and aliases", "the language of a condition", "prose", "a label for an id", "other labels", "order"],
)  # fmt: skip
def test_form_order_aliases_and_language_are_no_difference(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert told(changes(Pack.load(LIBRARY), edited(tmp_path, (file, old, new)))) == []


@pytest.mark.parametrize(("file", "old", "new", "expected"), FACTS)
def test_what_is_declared_beside_the_rules_is_told(
    tmp_path: Path, file: str, old: str, new: str, expected: Told
) -> None:
    assert expected in told(changes(Pack.load(LIBRARY), edited(tmp_path, (file, old, new))))


def test_a_reading_moves_the_deadlines_that_rest_on_it(tmp_path: Path) -> None:
    found = changes(Pack.load(LIBRARY), edited(tmp_path, ("facts/readings.yaml", "working_days: 3", "working_days: 5")))
    (moved,) = [c for c in found if c.subject == "rule"]
    assert (moved.kind, moved.name, moved.part) == ("deadline", "a1.reminder", "by")
    assert moved.detail[0].en == "for a report of 2024-02-01: 2 days later"


def test_a_change_of_units_moves_desks_though_no_rule_changed(tmp_path: Path) -> None:
    new = edited(tmp_path, ("facts/units.yaml", "roles: [branch], place: hill", "roles: [], place: hill"))
    found = [c for c in changes(Pack.load(LIBRARY), new) if c.subject == "rule" and c.name == "a3.open"]
    assert told(tuple(found)) == [("moved", "rule", "a3.open", "bearer")]
    assert [line.en for line in found[0].detail] == ["Harbour Library, Hill Library → Harbour Library"]


def test_sentences_that_came_went_or_changed_are_told(tmp_path: Path) -> None:
    source = "policies/bylaws-2024/source.txt"
    words = " These bylaws please the council."
    new = edited(tmp_path, *((file, words, " These bylaws please everybody.") for file in (source, BYLAWS)))
    (change,) = [c for c in changes(Pack.load(LIBRARY), new) if c.subject == "source"]
    assert (change.kind, change.name) == ("changed", "bylaws-2024 Article 3")
    assert change.before is not None
    assert change.after is not None
    assert (change.before.en, change.after.en) == ("These bylaws please the council.", "These bylaws please everybody.")


def test_a_rule_that_is_gone_and_one_that_is_new_are_told(tmp_path: Path) -> None:
    gone = "---\nid: a3.open\nquote: Reading rooms are kept open to everybody.\nmust: keep_open\nbearer: {each: branch}\nalways: true\nindicator: opening hours\n"
    new = edited(tmp_path, (BYLAWS, gone, ""))
    assert ("removed", "rule", "a3.open", None) in told(changes(Pack.load(LIBRARY), new))
    assert ("added", "rule", "a3.open", None) in told(changes(new, Pack.load(LIBRARY)))


def test_a_new_version_of_a_document_is_compared_with_the_old_one_though_its_id_is_another(tmp_path: Path) -> None:
    new = edited(
        tmp_path,
        ("policies/bylaws-2024/policy.yaml", "id: bylaws-2024", "id: bylaws-2025"),
        ("policies/bylaws-2024/policy.yaml", "number: 3/2024", "number: 1/2025"),
        ("policies/bylaws-2024/policy.yaml", "title: Library Bylaws", "title: New Library Bylaws"),
        (BYLAWS, "by: {hours: 48}", "by: {hours: 24}"),
    )
    assert told(changes(Pack.load(LIBRARY), new)) == [
        ("renamed", "policy", "bylaws-2025", "id"),
        ("changed", "policy", "bylaws-2025", "number"),
        ("deadline", "rule", "a1.guardian", "by"),
    ]


def stands(pack: Pack, change: Change, case: str) -> bool:
    """Whether the rule stands in a case of the change, under one of the packs."""
    witness = getattr(change, case)
    engine = Engine(pack, backend="reference", now=witness.now)
    engine.submit_all(pack.read_events(witness.yaml().encode()))
    return any(
        o.rule == change.name and o.bearer.routed for o in engine.answer().obligations if o.status != "undecided"
    )


@pytest.mark.parametrize("number", [0, 1, 2, 5, 6, 8])
def test_a_case_shows_which_way_a_rule_was_redrawn(tmp_path: Path, number: int) -> None:
    _, old, new, (_, name, part) = RULE[number]
    one, other = Pack.load(LIBRARY), one_changed(tmp_path, old, new)
    (change,) = [c for c in changes(one, other) if (c.name, c.part) == (name, part)]
    shown: list[Callable[[Change], object]] = [lambda c: c.lost, lambda c: c.gained]
    assert any(see(change) for see in shown)
    if change.lost:
        assert (stands(one, change, "lost"), stands(other, change, "lost")) == (True, False)
    if change.gained:
        assert (stands(one, change, "gained"), stands(other, change, "gained")) == (False, True)


def test_what_could_not_be_decided_is_said(tmp_path: Path) -> None:
    text = "id: d\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\n"
    old = pack_with(tmp_path / "a", text + "if: size(case.events) > 3\n")
    new = pack_with(tmp_path / "b", text + "if: size(case.events) >= 4\n")
    (change,) = changes(old, new)
    assert change.kind == "undecided"
    assert "size(case.events)" in change.detail[0].en


def test_what_silence_means_is_part_of_a_condition(tmp_path: Path) -> None:
    silence = "  absent_means: false\n  reason: a guardian nobody has named is not known\n"
    found = told(changes(Pack.load(LIBRARY), edited(tmp_path, ("facts/attributes.yaml", silence, ""))))
    assert found == [("doubt", "rule", "a1.guardian", "if"), ("changed", "attribute", "guardian_known", "absent_means")]


def test_a_fact_of_another_type_cannot_be_compared(tmp_path: Path) -> None:
    new = edited(
        tmp_path,
        ("facts/attributes.yaml", "days_late: {label: days late, type: int, min: 0}", "days_late: {label: days late, type: decimal}"),
        (BYLAWS, "days_late > 14", "days_late > 14.5"),
    )  # fmt: skip
    found = [c for c in changes(Pack.load(LIBRARY), new) if c.name == "a1.reminder"]
    assert told(tuple(found)) == [("undecided", "rule", "a1.reminder", "if")]
    assert found[0].detail[0].en == "`days late` is of another type"


def test_every_kind_and_subject_has_a_name_in_both_languages() -> None:
    assert all(label.zh and label.en for label in (*KINDS.values(), *SUBJECTS.values()))
