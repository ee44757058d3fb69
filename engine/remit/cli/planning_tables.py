"""What planning found, for people: the matrix, the chain of documents, a rehearsal, a year's load."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from rich.markup import escape
from rich.table import Table

from remit.cli.session import Session
from remit.cli.tables import console
from remit.explain.words import MODALITY, Words
from remit.model.rule import Rule
from remit.model.terms import Modality
from remit.model.text import Text, many
from remit.planning.delegation import Chain, Shift
from remit.planning.forecast import Clash, Forecast, UnitLoad
from remit.planning.lines import lines
from remit.planning.matrix import Matrix, Part
from remit.planning.rehearsal import DeskChange, Fate, Rehearsal

#: So many names are shown before the rest are counted.
NAMED = 3
#: So many rows are shown before the rest are counted.
SHOWN = 20
PARTS = {
    Part.BEARER: Text("责任", "bears"), Part.PERFORMER: Text("承办", "performs"),
    Part.COUNTERPARTY: Text("对象", "receives"), Part.ASSISTING: Text("配合", "assists"),
}  # fmt: skip
SHIFTS = {
    Shift.LATER: Text("期限更长", "a later limit"), Shift.EARLIER: Text("期限更短", "an earlier limit"),
    Shift.UNCOMPARED: Text("期限无法比较", "limits that cannot be compared"), Shift.NO_LIMIT: Text("没有期限", "no limit"),
    Shift.RARER: Text("次数更少", "less often"), Shift.OFTENER: Text("次数更多", "more often"),
    Shift.WEAKER_MODALITY: Text("由必须变为可以", "may instead of must"),
}  # fmt: skip
FATES = {Fate.MOVES: Text("转移", "moves"), Fate.SPLITS: Text("分属", "splits"), Fate.LOST: Text("无人承接", "loses its owner")}  # fmt: skip
CLASHES = {
    Clash.ON_HOLIDAY: Text("末日为休息日", "ends on a day of rest"),
    Clash.NO_WORKING_DAY: Text("期限内没有工作日", "no working day in all its time"),
    Clash.UNPUBLISHED: Text("节假日安排尚未公布", "calendar not published"),
}  # fmt: skip
#: What stands beside a bar: two blanks, its end, and the numbers.
ROOM = 14
HEAT = " ▁▂▃▄▅▆▇█"


def listed(session: Session, names: Iterable[str], limit: int = NAMED) -> str:
    """A few names, then how many there are."""
    told = list(names)
    text = session.say("、", ", ").join(told[:limit])
    more = session.say(f"等{len(told)}个", f" and {len(told) - limit} more") if len(told) > limit else ""
    return escape(text + more)


# --- matrix -------------------------------------------------------------------------------------------


def show_matrix(session: Session, found: Matrix, unit: str | None, *, by_unit: bool) -> None:
    """Of a unit or an article, the rules; of the whole, one row an article; then what is out of the usual."""
    out, words = console(), Words.of(session.pack)
    title = words.label(unit).of(session.language) if unit else session.pack.vocabulary.title.of(session.language)
    out.print(f"[bold]{escape(title)}[/bold]  {session.say('责任矩阵', 'responsibility matrix')}  {found.day}")
    if unit is not None or by_unit:
        out.print(cells_in_full(session, found, words))
    else:
        out.print(articles_in_short(session, found, words))
    anybody = {name for parts in found.reported.values() for names in parts.values() for name in names}
    if anybody:
        out.print(session.say("取决于由谁报告（任何单位均可能）的规则：", "Rules that depend on who reports, which may be any unit: ") + escape(", ".join(sorted(anybody))))  # fmt: skip
    show_unborne(session, found, words)
    if unit is None and not by_unit:
        show_loads(session, found, words)
        out.print(session.say("用 --unit 或 --article 看具体规则；--json 给出全部单元格。", "--unit or --article shows the rules; --json gives every cell."))  # fmt: skip
    for load in found.loads if unit is not None else ():
        limit = "—" if load.limit is None else f"{load.limit:g}"
        flag = session.say("，超出", ", above it") if load.overloaded else ""
        out.print(session.say(f"可能承担义务 {load.duties} 项；同层级单位的界限 {limit}{flag}", f"can bear {many(load.duties, 'duty', 'duties')}; the limit of its level is {limit}{flag}"))  # fmt: skip


def articles_in_short(session: Session, found: Matrix, words: Words) -> Table:
    table = Table(expand=True, pad_edge=False)
    table.add_column(session.say("条款", "article"), no_wrap=True)
    table.add_column(session.say("规则", "rules"), justify="right")
    for part in Part:
        table.add_column(PARTS[part].of(session.language), ratio=2, overflow="fold")
    for policy, article, label in found.articles:
        row = found.cells.get((policy, article), {})
        rules = sum((r.policy, r.article) == (policy, article) for r in found.rules)
        names = {
            part: [words.label(u).of(session.language) for u, parts in row.items() if part in parts] for part in Part
        }
        anybody = found.reported.get((policy, article), {})
        told = [
            [*([session.say("报告单位", "whoever reports")] if part in anybody else []), *names[part]] for part in Part
        ]
        table.add_row(escape(label or "—"), str(rules), *(listed(session, part) for part in told))
    return table


def cells_in_full(session: Session, found: Matrix, words: Words) -> Table:
    table = Table(expand=True, pad_edge=False)
    for title, ratio in (("条款", None), ("单位", 2), ("部分", None), ("项", None), ("规则", 3)) if session.language == "zh" else (
        ("article", None), ("unit", 2), ("part", None), ("n", None), ("rules", 3)
    ):  # fmt: skip
        table.add_column(title, ratio=ratio, overflow="fold")
    for policy, article, label in found.articles:
        for unit, parts in found.cells.get((policy, article), {}).items():
            for part, names in parts.items():
                table.add_row(escape(label or "—"), escape(words.label(unit).of(session.language)), PARTS[part].of(session.language), str(len(names)), escape(", ".join(names)))  # fmt: skip
    return table


def show_unborne(session: Session, found: Matrix, words: Words) -> None:
    out = console()
    for gap in found.unborne:
        places = session.say("任何地点都没有单位", "no unit anywhere") if gap.everywhere else listed(session, (words.label(p).of(session.language) for p in gap.places))  # fmt: skip
        where = places if gap.everywhere else session.say(f"没有确定单位的地点：{places}", f"no one unit at {places}")
        out.print(f"[bold red]![/] {escape(gap.rule.id)}  {where}")
    if not found.unborne and found.rules:
        out.print(session.say("每项义务都有单位承担。", "Every duty has a bearer."))


def show_loads(session: Session, found: Matrix, words: Words) -> None:
    """The overloaded one by one; the idle by what they are for, because there may be hundreds."""
    out, units = console(), session.pack.vocabulary.units
    out.print(session.say("\n[bold]负荷[/bold]：可能承担的义务数。超负荷：高于同层级有义务单位的上四分位数加1.5倍四分位距。", "\n[bold]Load[/bold]: duties a unit can bear. Overloaded: above the upper quartile plus 1.5 interquartile ranges of the units of its level that bear any."))  # fmt: skip
    for load in found.overloaded[:SHOWN]:
        out.print(
            f"  {load.duties:4} > {load.limit:g}  {escape(words.label(load.unit).of(session.language))}  [dim]{load.unit}[/dim]"
        )
    if len(found.overloaded) > SHOWN:
        out.print(session.say(f"  …… 共 {len(found.overloaded)} 个", f"  … {len(found.overloaded)} in all"))
    if not found.overloaded:
        out.print(session.say("  没有超负荷的单位。", "  No unit is overloaded."))
    by_role: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for unit in found.idle:
        by_role[units[unit].roles].append(words.label(unit).of(session.language))
    out.print(session.say(f"[bold]闲置[/bold]：没有任何规则涉及的单位 {len(found.idle)} 个", f"[bold]Idle[/bold]: {many(len(found.idle), 'unit')} that no rule can give any part"))  # fmt: skip
    for roles, names in sorted(by_role.items()):
        called = session.say("、", ", ").join(words.label(role).of(session.language) for role in roles)
        out.print(f"  {escape(called or '—')}: {listed(session, names)}")


# --- delegation ---------------------------------------------------------------------------------------


def show_delegation(session: Session, chains: Sequence[Chain]) -> None:
    out, words = console(), Words.of(session.pack)
    if not chains:
        out.print(session.say("没有政策声明它落实哪个上位文件（policy.yaml 的 `落实`）。", "No policy declares a document that it `implements` (policy.yaml)."))  # fmt: skip
    for chain in chains:
        number = f"（{chain.superior.number}）" if chain.superior.number else ""
        out.print(f"[bold]{escape(chain.title.of(session.language) + number)}[/bold] → {escape(chain.policy.title.of(session.language))}")  # fmt: skip
        if chain.named_by:
            out.print(session.say("  指明落实该文件的规则：", "  Rules that name it: ") + escape(", ".join(r.id for r in chain.named_by)))  # fmt: skip
        if not chain.known:
            out.print(session.say("  规则包里没有它的条文，只知道标题：哪些义务已经落实、哪些没有，无法判断。", "  Its text is not in the pack, only its title: what of it is carried out cannot be said."))  # fmt: skip
            continue
        out.print(links(session, chain))
        out.print(session.say(f"  没有本地规则：{len(chain.missing)}；低于上位要求：{len(chain.short)}", f"  no local rule: {len(chain.missing)}; falling short: {len(chain.short)}"))  # fmt: skip
        out.print(
            session.say(
                f"  超出上位文件的本地规则 {len(chain.beyond)} 条", f"  {len(chain.beyond)} local rules go beyond it"
            )
        )
        for rule in chain.beyond:
            out.print(
                f"    + {escape(rule.id)}  {escape(action(session, rule, words))}  [dim]“{escape(quote_of(rule))}”[/dim]"
            )


def links(session: Session, chain: Chain) -> Table:
    table = Table(expand=True, pad_edge=False, show_lines=True)
    for title, ratio in (
        (("上位义务", 4), ("本地规则", 4)) if session.language == "zh" else (("asked for", 4), ("local rule", 4))
    ):
        table.add_column(title, ratio=ratio, overflow="fold")
    for link in chain.links:
        asked = f"{escape(link.demand.article)} {escape(link.demand.id)}\n[dim]“{escape('… '.join(link.demand.quotes))}”[/dim]"
        told = []
        for carried in link.carried:
            shifts = session.say("、", ", ").join(SHIFTS[s].of(session.language) for s in carried.shifts)
            told.append(f"{escape(carried.rule.id)}{f'  [yellow]{shifts}[/yellow]' if shifts else ''}\n[dim]“{escape(quote_of(carried.rule))}”[/dim]")  # fmt: skip
        if not told:
            told = [f"[bold red]{session.say('没有本地规则', 'no local rule')}[/]"]
            told += [session.say(f"可能是 {escape(r.id)}：“{escape(quote_of(r))}”，请确认后写 `落实: {escape(link.demand.id)}`", f"perhaps {escape(r.id)}: “{escape(quote_of(r))}”; if so, write `implements: {escape(link.demand.id)}` there") for r in link.likely]  # fmt: skip
        table.add_row(asked, "\n".join(told))
    return table


def action(session: Session, rule: Rule, words: Words) -> str:
    text = words.label(rule.action or "").of(session.language)
    return text if rule.modality is Modality.MUST else f"{MODALITY[rule.modality].of(session.language)} {text}"


def quote_of(rule: Rule) -> str:
    return "… ".join(quote.text for quote in rule.quotes)


# --- rehearsal ----------------------------------------------------------------------------------------


def show_rehearsal(session: Session, found: Rehearsal) -> None:
    """What moves, what splits, what is lost; then open duties; then the lines to write."""
    out, known = console(), Words.of(session.pack)
    words = replace(known, labels={**known.labels, **{unit.id: unit.label for unit in found.plan.units}})
    out.print(f"[bold]{session.say('机构调整预演', 'Reorganisation rehearsed')}[/bold]  {found.plan.on}")
    if not found.desks:
        out.print(session.say("没有任何责任改变归属。", "No part in any rule changes hands."))
    else:
        out.print(desks_by_unit(session, found, words))
    for change in found.of_fate(Fate.LOST)[:SHOWN]:
        out.print(f"[bold red]![/] {lost_line(session, change, words)}")
    if len(found.of_fate(Fate.LOST)) > SHOWN:
        out.print(session.say(f"  …… 共 {len(found.of_fate(Fate.LOST))} 项，全部见 --json", f"  … {len(found.of_fate(Fate.LOST))} in all; --json lists them"))  # fmt: skip
    for unit, roles in found.plan.missing_roles(session.pack).items():
        called = session.say("、", ", ").join(words.label(role).of(session.language) for role in roles)
        out.print(session.say(f"  {escape(words.label(unit).of(session.language))}没有这些角色：{escape(called)}。角色没有日期；要让它自当日起承担，请并入一个新单位。", f"  {escape(words.label(unit).of(session.language))} has not these roles: {escape(called)}. Roles have no dates; merge it too, into a new unit."))  # fmt: skip
    show_duties(session, found, words)
    for unit, rules in found.named.items():
        name = escape(words.label(unit).of(session.language))
        out.print(session.say(f"条文仍称“{name}”：", f"The text goes on saying “{name}”: ") + escape(", ".join(rules)))
    out.print(session.say("\n没有写入任何文件。若要照办，在 facts/units.yaml 写（已有单位的，只替换这些键）：", "\nNothing was written. To do it, write in facts/units.yaml (of units that are there, replace these keys):"))  # fmt: skip
    out.print(escape(lines(session.pack, found.plan)), soft_wrap=True)


def desks_by_unit(session: Session, found: Rehearsal, words: Words) -> Table:
    """How many parts in rules each unit gives up, and to whom."""
    table = Table(expand=True, pad_edge=False)
    for title, ratio in (("单位", 3), ("部分", None), ("结果", None), ("规则", None), ("归于", 3)) if session.language == "zh" else (
        ("unit", 3), ("part", None), ("fate", None), ("rules", None), ("goes to", 3)
    ):  # fmt: skip
        table.add_column(title, ratio=ratio, overflow="fold")
    tally = Counter((c.unit, c.part, c.fate, c.after) for c in found.desks)
    for (unit, part, fate, after), count in sorted(tally.items(), key=lambda item: (item[0][0], tuple(Part).index(item[0][1]), item[0][2], item[0][3])):  # fmt: skip
        heirs = listed(session, (words.label(name).of(session.language) for name in after)) or "—"
        told = FATES[fate].of(session.language)
        style = "bold red" if fate is Fate.LOST else "yellow" if fate is Fate.SPLITS else "default"
        table.add_row(escape(words.label(unit).of(session.language)), PARTS[part].of(session.language), f"[{style}]{told}[/]", str(count), heirs)  # fmt: skip
    return table


def lost_line(session: Session, change: DeskChange, words: Words) -> str:
    who = escape(words.label(change.unit).of(session.language))
    what = f"{escape(change.rule.id)} {escape(action(session, change.rule, words))}"
    places = [words.label(place).of(session.language) for place in change.unsettled if place]
    where = session.say(f"（{listed(session, places)}）", f" ({listed(session, places)})") if places else ""
    return f"{what}: {who} {PARTS[change.part].of(session.language)}，{FATES[Fate.LOST].of(session.language)}{where}" if session.language == "zh" else f"{what}: {who} ({PARTS[change.part].en}) {FATES[Fate.LOST].en}{where}"  # fmt: skip


def show_duties(session: Session, found: Rehearsal, words: Words) -> None:
    """Open duties by unit, each lost one by name."""
    out = console()
    lost = [change for change in found.duties if change.fate is Fate.LOST]
    out.print(session.say(f"\n[bold]未了义务[/bold]（个案、周期、常设）：变动 {len(found.duties)} 项，其中 {len(lost)} 项无人承接；不变 {found.untouched} 项", f"\n[bold]Open duties[/bold] (of cases, recurring, standing): {len(found.duties)} change, {len(lost)} of them lose somebody; {found.untouched} stay as they are"))  # fmt: skip
    moved = Counter(
        (c.before.bearer.id, c.after.bearer.id)
        for c in found.duties
        if c.after and c.after.bearer.id != c.before.bearer.id
    )
    for (before, after), count in sorted(moved.items()):
        out.print(
            f"  {count:4}  {escape(words.label(before).of(session.language))} → {escape(words.label(after).of(session.language))}"
        )
    for change in lost[:SHOWN]:
        owed = change.before
        parts = session.say("、", ", ").join(PARTS[Part(part)].of(session.language) for part in change.lost_parts)
        why = (
            session.say(f"缺少{parts}单位", f"nobody left: {parts}")
            if change.after
            else session.say("没有责任单位", "no bearer")
        )
        out.print(f"  [bold red]![/] {escape(owed.case or owed.period or '—')}  {escape(owed.rule)}  {escape(words.label(owed.bearer.id).of(session.language))}: {why}")  # fmt: skip
    if len(lost) > SHOWN:
        out.print(session.say(f"  …… 共 {len(lost)} 项", f"  … {len(lost)} in all"))


# --- forecast -----------------------------------------------------------------------------------------


def show_forecast(session: Session, found: Forecast) -> None:
    """A bar of weeks for each unit, then what collides with days of rest."""
    out, words = console(), Words.of(session.pack)
    out.print(f"[bold]{session.say('工作量预测', 'Workload forecast')}[/bold]  {found.first} — {found.last}")
    if found.since is None:
        out.print(session.say("没有案件记录，只有周期事项。", "No cases are recorded: only what recurs."))
    else:
        out.print(session.say(f"重演 {found.since} 至 {found.until} 开始的案件 {found.replayed} 件（更早的 {found.left_out} 件不计），按整周平移；周期事项按期履行计。", f"{found.replayed} cases that began from {found.since} to {found.until} are played again, moved by whole weeks ({found.left_out} older ones are not); recurring duties are taken to be done."))  # fmt: skip
    if found.unpublished:
        out.print("[yellow]" + session.say(f"{'、'.join(map(str, found.unpublished))} 年节假日安排尚未公布：是否撞上休息日无法判断。", f"The calendar of {', '.join(map(str, found.unpublished))} is not published: what falls on a day of rest cannot be said.") + "[/yellow]")  # fmt: skip
    busy = [load for load in found.units if load.total or load.undated]
    widest = max([cells(words.label(load.unit).of(session.language)) for load in busy[:SHOWN]], default=0)
    margin = max(8, min(widest, 26, out.width - len(found.weeks) - ROOM))
    out.print(months(found, margin), style="dim")
    top = max([n for load in busy for n in load.weeks], default=0)
    for load in busy[:SHOWN]:
        out.print(bar(load, words, margin, top, session.language), no_wrap=True, overflow="crop", highlight=False)
    if len(busy) > SHOWN:
        out.print(session.say(f"…… 另有 {len(busy) - SHOWN} 个单位，见 --unit 或 --json", f"… {len(busy) - SHOWN} more units: --unit, or --json"))  # fmt: skip
    if top:
        out.print(session.say(f"最高一格 = 一周 {top} 项；数字为全年有期限的义务数，括号内为无期限的", f"the highest sign is {many(top, 'duty', 'duties')} a week; the number is the year's duties with a date, in brackets those without"), style="dim")  # fmt: skip
    show_weeks(session, found)
    show_collisions(session, found, words)


def cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def months(found: Forecast, margin: int) -> str:
    """The number of each month above the week in which it begins."""
    line = [" "] * (len(found.weeks) + 3)
    for n, monday in enumerate(found.weeks):
        sunday = monday + timedelta(days=6)
        if sunday.day <= 7 or n == 0:
            line[n : n + len(str(sunday.month))] = str(sunday.month)
    return " " * (margin + 2) + "".join(line)


def bar(load: UnitLoad, words: Words, margin: int, top: int, language: str) -> str:
    """A name, a sign a week, and the year's numbers."""
    name = escape(fitted(words.label(load.unit).of(language), margin))
    signs = "".join(HEAT[0] if not n else HEAT[max(1, round(n / top * (len(HEAT) - 1)))] for n in load.weeks)
    undated = f" ({load.undated})" if load.undated else ""
    return f"{name}  {signs}│ {load.total}{undated}"


def fitted(name: str, width: int) -> str:
    """The name in so many columns: of a long one its end as well, by which units of one kind are told apart."""
    from rich.cells import set_cell_size

    if cells(name) <= width:
        return set_cell_size(name, width)
    head, tail = set_cell_size(name, width // 3).rstrip(), name
    while cells(tail) > width - cells(head) - 1:
        tail = tail[1:]
    return set_cell_size(f"{head}…{tail}", width)


def show_weeks(session: Session, found: Forecast) -> None:
    """The fullest weeks of all units together."""
    out = console()
    fullest = sorted(range(len(found.weeks)), key=lambda n: (-found.by_week[n], n))[:5]
    told = [f"{found.weeks[n]} ({found.by_week[n]})" for n in fullest if found.by_week[n]]
    if told:
        out.print(session.say("最忙的周（周一）：", "Fullest weeks (their Mondays): ") + ", ".join(told))
    peaking = Counter(found.weeks[n] for load in found.units for n in load.peaks)
    for monday, count in sorted(peaking.items(), key=lambda item: (-item[1], item[0]))[:5]:
        out.print(session.say(f"  {monday} 当周 {count} 个单位达到高峰（不少于其周均两倍，且至少3项）", f"  week of {monday}: {count} units peak (twice their mean week or more, and at least 3 duties)"))  # fmt: skip


def show_collisions(session: Session, found: Forecast, words: Words) -> None:
    out = console()
    groups: Mapping[tuple[str, str, Clash, str], list[str]] = defaultdict(list)
    for c in found.collisions:
        groups[f"{c.last}", c.obligation.rule, c.clash, c.reason].append(c.obligation.bearer.id)
    if not groups:
        out.print(session.say("没有期限落在休息日。", "No deadline falls on a day of rest."))
        return
    out.print(session.say(f"[bold]期限与休息日[/bold]：{len(found.collisions)} 项", f"[bold]Deadlines and days of rest[/bold]: {len(found.collisions)}"))  # fmt: skip
    for (day, rule, clash, reason), units in list(groups.items())[:SHOWN]:
        names = listed(session, (words.label(unit).of(session.language) for unit in units), 2)
        out.print(
            f"  {day}  {escape(rule)}  {CLASHES[clash].of(session.language)}{f' ({escape(reason)})' if reason else ''}  {names}"
        )
    if len(groups) > SHOWN:
        out.print(session.say("  …… 全部见 --json", "  … --json lists all"))
