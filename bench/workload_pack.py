"""The workload of `workload.py` as a pack of remit: the same rules, with deadlines, over a unit graph of 300 desks.

The peers are told which unit answers at a place of a case; remit finds it in its graph. A consent is a fact about the
case. What remit makes of an event is a whole obligation: routed, with its day due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from workload import PLACES, Facts, Happening, Rule, Workload

RULES_A_CHAPTER = 200
#: Events of one generation, whose numbers begin at a multiple of it.
MOST = 10_000_000
AT = "2024-05-06T09:00:00+00:00"
OPENED = datetime.fromisoformat(AT)
HEAD = (
    "id: work\ntitle: Work\nissuer: the maker\nlevel: city\nissued_on: 2024-01-01\neffective_on: 2024-01-01\n"
    "source: source.txt\n"
)
PACK = (
    "id: work\ntitle: Work\nlanguage: en\nzone: UTC\nfallback: lost\n"
    "levels:\n  - {id: city, label: {zh: 市级, en: city}}\n  - {id: ward, label: {zh: 区级, en: ward}}\n"
)
ATTRIBUTES = (
    "age: {label: {zh: 年龄, en: age}, type: int, min: 0, max: 150}\n"
    "ward: {label: {zh: 病区, en: ward number}, type: int}\n"
    "consent: {label: {zh: 同意, en: consent}, of: case, type: bool, absent_means: false, reason: made}\n"
)


def sentence(rule: Rule) -> str:
    return f"The desk concerned shall deal with matter {rule.number} and keep its records in good order."


def block(rule: Rule) -> str:
    tests = [f"event.age < {rule.below}"]
    tests += [] if rule.ward is None else [f"event.ward == {rule.ward}"]
    tests += ["case.consent"] if rule.consent else []
    return (
        f"id: a{rule.number + 1}.m\nquote: {sentence(rule)}\nmust: act\non: {rule.kind}\nif: {' && '.join(tests)}\n"
        "bearer: {role: desk, place: event.place}\nby: {days: 3}\nper: event\n"
        "inferred: {bearer: the sentence names nobody, by: it gives no limit}\n"
    )


def write(work: Workload, folder: Path) -> Path:
    """The pack, in a directory that need not exist."""
    facts, home = folder / "facts", folder / "policies" / "work"
    facts.mkdir(parents=True)
    home.mkdir(parents=True)
    kinds = range(work.kinds_told)
    files = {
        "pack.yaml": PACK,
        "attributes.yaml": ATTRIBUTES,
        "roles.yaml": "desk: {label: {zh: 窗口, en: desk}}\n",
        "actions.yaml": "act: {label: {zh: 处理, en: deal with it}}\n",
        "places.yaml": "town: {label: {zh: 全市, en: Town}, level: city}\n"
        + lines(f"p{n}: {{label: {{zh: 第{n}处, en: Place {n}}}, level: ward, in: town}}" for n in range(PLACES)),
        "units.yaml": "units:\n  lost: {label: {zh: 总台, en: Lost property}, place: town}\n"
        + lines(
            f"  desk.p{n}: {{label: {{zh: 第{n}窗口, en: Desk {n}}}, roles: [desk], place: p{n}}}"
            for n in range(PLACES)
        ),
        "events.yaml": "opened: {label: {zh: 立案, en: opened}, attributes: [consent]}\n"
        + lines(f"k{n}: {{label: {{zh: 第{n}类情况, en: occurrence {n}}}, attributes: [age, ward]}}" for n in kinds),
    }
    for name, text in files.items():
        (facts / name).write_text(text, "utf-8")
    (home / "policy.yaml").write_text(HEAD, "utf-8")
    (home / "source.txt").write_text(lines(f"Article {r.number + 1}. {sentence(r)}" for r in work.program), "utf-8")
    for first in range(0, work.rules, RULES_A_CHAPTER):
        chapter = work.program[first : first + RULES_A_CHAPTER]
        (home / f"chapter-{first // RULES_A_CHAPTER:04}.md").write_text(told(chapter), "utf-8")
    return folder


def told(chapter: Sequence[Rule]) -> str:
    parts = (f"> Article {r.number + 1}. {sentence(r)}\n\n```rule\n{block(r)}```\n" for r in chapter)
    return "# Chapter\n\n" + "\n".join(parts)


def opening(facts: Facts) -> list[dict[str, object]]:
    """The first report of each case; it states the consent where there is one. The desks are in the graph."""
    consents = frozenset(facts.consents)
    cases = dict.fromkeys(desk.case for desk in facts.desks)
    return [
        {"id": f"o{case}", "type": "opened", "case": case, "at": AT} | ({"consent": True} if case in consents else {})
        for case in cases
    ]


def report(event: Happening) -> dict[str, object]:
    """One event as remit is told it; one happens a second."""
    number, kind, case, place, age, ward = event
    at = OPENED + timedelta(seconds=1 + number % MOST)
    return {
        "id": f"e{number}",
        "type": kind,
        "case": case,
        "place": place,
        "at": at.isoformat(),
        "age": age,
        "ward": ward,
    }


def lines(members: Iterable[str]) -> str:
    return "".join(f"{member}\n" for member in members)
