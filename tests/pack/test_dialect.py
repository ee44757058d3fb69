"""Chinese and English spellings load to the same thing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from made import pack_with
from remit import Pack
from remit.errors import Origin
from remit.model.rule import Rule
from remit.pack import dialect

NAMES = {
    "roles": "desk: {label: {zh: 柜台, en: desk}, alias: 服务台}",
    "units": "  harbour-desk: {label: {zh: 港口柜台, en: Harbour Desk}, roles: [desk], place: harbour, member_of: head-office}",
    "events": "asked: {label: {zh: 询问, en: asked}, attributes: [days_late, age]}\nanswered: {label: {zh: 答复, en: answered}}",
    "actions": "answer: {label: {zh: 答复询问, en: answer the question}}",
    "readings": "soon: {label: {zh: 从速, en: soon}, means: a day, by: {hours: 24}, signed_by: us, since: 2024-01-01, reason: because}",
}
PAIRS = [
    (
        "id: d\nmust: answer\nbearer: {role: desk, place: event.place, or: enclosing}\non: asked\nby: {reading: soon}\n",
        "编号: d\n必须: 答复询问\n责任单位: {角色: 服务台, 地点: 事件.地点, 或者: 上级范围}\n触发: 询问\n期限: {解释: 从速}\n",
    ),
    (
        "id: d\nmust: answer\nbearer: {each: desk}\nevery: half_year\nwindow: {opens: 05-01, due: 05-10, latest: 05-20}\nkind: achievement\nperdurant: true\n",
        "编号: d\n必须: 答复询问\n责任单位: {各: 柜台}\n每: 半年\n窗口: {开始: 05-01, 办理: 05-10, 最迟: 05-20}\n性质: 一次性\n逾期仍须履行: 是\n",
    ),
    (
        "id: d\nmust_not: answer\nbearer: {each: member, of: office}\nalways: true\nbreach: answered\ninferred: {bearer: why}\nnote: doubt\n",
        "编号: d\n不得: 答复询问\n责任单位: {各: 成员, 所属: office}\n常设: 是\n违反情形: 答复\n推定: {责任单位: why}\n备注: doubt\n",
    ),
    (
        "id: d\nmay: answer\nbearer: reporter\nto: {unit: harbour-desk}\nwith: {role: desk, place: harbour}\nperformer: {unit: harbour-desk}\non: asked\nif: event.days_late > 3 and subject.age < 16\nunless: has(subject.age)\nper: subject\n",
        "编号: d\n可以: 答复询问\n责任单位: 报告单位\n对象: {单位: 港口柜台}\n配合单位: {角色: 柜台, 地点: harbour}\n承办单位: {单位: harbour-desk}\n触发: asked\n如果: 事件.days_late > 3 且 当事人.age < 16\n除非: 已知(当事人.age)\n按: 人\n",
    ),
    (
        "id: d\nmust: answer\nbearer: {unit: harbour-desk}\non: asked\nby: {working_days: 5, from: event, rolls_over: true}\ndone: {event: answered, where: event.by == 'harbour-desk'}\nhandover: true\nevidence: letter\nsince: 2024-03-01\nuntil: 2024-12-31\n",
        "编号: d\n必须: answer\n责任单位: {单位: 港口柜台}\n触发: 询问\n期限: {工作日: 5, 起算: 事件, 顺延: 是}\n完成: {事件: 答复, 条件: 事件.报告单位 ＝ “港口柜台”}\n移交: 是\n凭据: letter\n自: 2024-03-01\n至: 2024-12-31\n",
    ),
]  # fmt: skip


def only_rule(folder: Path, text: str) -> Rule:
    pack: Pack = pack_with(folder, text.replace("编号: d\n", "编号: d\n引文: Words of the law.\n"), **NAMES)
    (rule,) = pack.rules.values()
    conditions = {
        name: replace(value, text="", origin=Origin())
        for name in ("condition", "exception")
        if (value := getattr(rule, name)) is not None
    }
    quotes = tuple(replace(q, origin=Origin()) for q in rule.quotes)
    return replace(rule, origin=Origin(), quotes=quotes, **conditions)


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_a_rule_in_either_language_is_the_same_rule(tmp_path: Path, english: str, chinese: str) -> None:
    assert only_rule(tmp_path / "zh", chinese) == only_rule(tmp_path / "en", english)


def test_every_key_and_word_has_one_meaning() -> None:
    assert all(
        dialect.key(written, "rule") == canonical
        for written, canonical in dialect.KEYS.items()
        if ("rule", written) not in dialect.LOCAL
    )
    assert all(
        not written.isascii() and canonical.isascii()
        for written, canonical in {**dialect.KEYS, **dialect.WORDS}.items()
    )


def test_every_key_of_a_rule_has_a_chinese_spelling() -> None:
    from remit.pack.rules import KEYS

    assert set(KEYS) <= set(dialect.KEYS.values())
