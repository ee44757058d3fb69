"""Chinese and English spellings of every key and fixed word; both load to the same thing."""

from __future__ import annotations

from collections.abc import Iterable

#: Chinese → English, for keys wherever they stand.
KEYS: dict[str, str] = {
    # rules
    "编号": "id", "标题": "label", "引文": "quote", "必须": "must", "不得": "must_not", "可以": "may", "视为": "counts_as",
    "非规范": "non_normative", "责任单位": "bearer", "承办单位": "performer", "对象": "to", "配合单位": "with", "触发": "on",
    "每": "every", "常设": "always", "如果": "if", "除非": "unless", "优先于": "overrides", "期限": "by", "窗口": "window",
    "按": "per", "完成": "done", "违反情形": "breach", "后果": "then", "性质": "kind", "逾期仍须履行": "perdurant", "移交": "handover",
    "指标": "indicator", "凭据": "evidence", "推定": "inferred", "备注": "note", "自": "since", "至": "until", "共同": "jointly",
    "落实": "implements", "政策": "policy", "义务": "duties", "条款": "article",
    "标题格式": "headings", "章": "chapter", "款": "paragraph", "项": "item",
    "理由": "reason", "术语": "term", "含义": "means", "关系": "relation", "目标": "target",
    # selectors
    "单位": "unit", "角色": "role", "地点": "place", "层级": "level", "或者": "or", "各": "each", "所属": "of", "沿": "via", "办公室": "office_of", "人员": "people",
    # timing
    "小时": "hours", "日": "days", "工作日": "working_days", "月": "months", "日期": "date", "解释": "reading", "起算": "from",
    "顺延": "rolls_over", "开始": "opens", "办理": "due", "最迟": "latest", "不设期限": "open",
    # acts
    "事件": "event", "条件": "where",
    # facts
    "标签": "label", "别名": "alias", "说明": "about", "属性": "attributes", "必填": "required", "类型": "type", "归属": "of",
    "选项": "choices", "最小": "min", "最大": "max", "缺省视为": "absent_means", "询问": "ask", "询问对象": "asked_of",
    "位于": "in", "依据": "basis", "隶属": "part_of", "报告": "reports_to", "业务指导": "guided_by", "成员": "member_of",
    "设在": "located_in", "署名": "signed_by", "状态": "status", "文号": "number", "发文机关": "issuer", "印发日期": "issued_on",
    "施行日期": "effective_on", "废止日期": "repealed_on", "原文": "source", "首期": "first_period", "首期理由": "first_period_reason",
    "单位们": "units", "机构调整": "reorganisations", "合并": "merge", "更名": "rename", "撤销": "abolish", "并入": "into", "权限": "authority",
    "年份": "year", "文件": "document", "公布日期": "published_on", "节假日": "holidays", "调休上班": "workdays",
    "期间计算": "counting", "依据法律": "law", "小时起算": "hours_from", "当日": "day_of_event", "截止时刻": "last_day_ends", "至少": "at_least",
    "期间日数": "in_days", "最后一日": "last_day",
    "时区": "zone", "日历": "calendar", "语言": "language", "层级表": "levels", "兜底单位": "fallback",
}  # fmt: skip

#: Keys that mean something else in one place: (place, Chinese) → English.
LOCAL: dict[tuple[str, str], str] = {
    ("unit", "角色"): "roles", ("event", "编号"): "id", ("event", "类型"): "type", ("event", "发生时间"): "at",
    ("event", "知悉时间"): "known_at", ("event", "报告单位"): "by", ("event", "当事人"): "subject", ("event", "案件"): "case",
    ("event", "数据"): "data", ("event", "所指事件"): "of", ("event", "更正为"): "event", ("case", "案件"): "case",
    ("case", "事件"): "events", ("policy", "层级"): "level", ("on-reorganisation", "日期"): "on", ("reorganisation", "日期"): "on",
    ("pack", "层级"): "levels", ("pack", "标题"): "title", ("policy", "标题"): "title", ("superior", "标题"): "title", ("calendar", "文件"): "document",
    ("units-file", "单位"): "units", ("acceptance", "类别"): "kind", ("acceptance", "规则"): "rules", ("acceptance", "所指"): "about",
    ("acceptance", "认可人"): "by", ("headings", "条"): "article", ("by", "随同"): "with", ("counting", "条款"): "articles",
}  # fmt: skip

#: Fixed words that stand as values.
WORDS: dict[str, str] = {
    "是": "true", "否": "false", "年": "year", "半年": "half_year", "季度": "quarter", "月": "month", "案件": "case", "人": "subject",
    "事件": "event", "一次性": "achievement", "持续性": "maintenance", "成员": "member", "报告单位": "reporter", "失责单位": "defaulter", "同级": "same",
    "上一级": "upper", "上级范围": "enclosing", "知悉": "known", "任一": "any", "各自": "each", "推定": "inferred", "明定": "stated",
    "当事人": "subject", "是否": "bool", "整数": "int", "小数": "decimal", "文字": "text", "日期": "date", "时刻": "time", "时长": "duration",
    "选项": "choice", "地点": "place", "单位": "unit", "暂定": "assumed", "正式": "official", "全额": "full", "剩余": "remainder", "不计": "none",
    "下一整点": "next_full_hour", "计入": "counted", "不计入": "not_counted", "依规则": "where_said", "小时除外": "unless_hours", "一律": "always",
}  # fmt: skip


def key(written: str, place: str) -> str:
    """The canonical key; what is not Chinese stands for itself.

    >>> key("责任单位", "rule"), key("bearer", "rule")
    ('bearer', 'bearer')
    """
    return LOCAL.get((place, written)) or KEYS.get(written, written)


def spellings(place: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Every way to write some of the keys in a place.

    >>> spellings("case", ["events"])
    ('events', '事件')
    """
    wanted = tuple(keys)
    chinese = [zh for zh, en in KEYS.items() if en in wanted and (place, zh) not in LOCAL]
    return (*wanted, *chinese, *(zh for (where, zh), en in LOCAL.items() if where == place and en in wanted))


def word(written: str) -> str:
    """The canonical fixed word."""
    return WORDS.get(written, written)


def spoken(fixed: str, language: str) -> str:
    """A fixed word in `zh` or `en`.

    >>> spoken("int", "zh"), spoken("int", "en")
    ('整数', 'int')
    """
    return next((zh for zh, en in WORDS.items() if en == fixed), fixed) if language == "zh" else fixed


def path(written: str) -> str:
    """`事件.地点`, `责任单位.地点`, `当事人.x` in their English roots; the rest stands for itself."""
    root, dot, name = written.replace("的", ".", 1).partition(".") if "." not in written else written.partition(".")
    roots = {"事件": "event", "责任单位": "bearer", "当事人": "subject"}
    if not dot or root not in (*roots, *roots.values()):
        return written
    return f"{roots.get(root, root)}.{'place' if name == '地点' else name}"
