"""Packs of any size, made from a seed: sound, with every kind of rule, in English or Chinese.

    python bench/generate.py FOLDER --rules 5000 [--seed 7] [--dialect zh]

The same seed makes the same bytes, and `remit check` finds no error in them.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
A_CHAPTER, AN_ARTICLE = 200, 4
PERIODS = ("year", "half_year", "quarter", "month")
#: Each key of a rule as the other dialect writes it.
CHINESE = {
    "id": "编号", "quote": "引文", "must": "必须", "must_not": "不得", "may": "可以", "non_normative": "非规范", "bearer": "责任单位",
    "to": "对象", "with": "配合单位", "on": "触发", "every": "每", "always": "常设", "if": "如果", "unless": "除非", "by": "期限",
    "done": "完成", "then": "后果", "per": "按", "inferred": "推定", "note": "备注", "indicator": "指标",
}  # fmt: skip


@dataclass(frozen=True)
class Maker:
    """A pack of so many rules, every choice decided by the seed."""

    rules: int
    seed: int = 0
    dialect: str = "en"

    def number(self, *about: object) -> int:
        """A number that the seed and what it is about decide."""
        return int.from_bytes(hashlib.blake2b(repr((self.seed, *about)).encode(), digest_size=6).digest())

    def pick(self, members: Sequence[T], *about: object) -> T:
        return members[self.number(*about) % len(members)]

    # --- the vocabulary ---------------------------------------------------------------------------

    @property
    def roles(self) -> int:
        return max(2, min(12, self.rules // 10))

    @property
    def districts(self) -> int:
        return max(2, min(16, self.rules // 20))

    @property
    def events(self) -> int:
        return max(3, self.rules // 8)

    @property
    def actions(self) -> int:
        return max(3, self.rules // 2)

    @property
    def attributes(self) -> int:
        return max(4, self.rules // 16)

    def kind(self, attribute: int) -> str:
        return ("int", "bool", "choice", "date")[attribute % 4]

    def carried(self, event: int) -> list[int]:
        """The attributes of an event: four in a row, one of each kind."""
        first = 4 * (self.number("carried", event) % max(1, self.attributes // 4))
        return [first + n for n in range(4) if first + n < self.attributes]

    def facts(self) -> Iterator[tuple[str, str]]:
        """The files of `facts/`."""
        levels = (
            "levels:\n  - {id: city, label: {zh: 市级, en: city}}\n  - {id: district, label: {zh: 区级, en: district}}"
        )
        yield (
            "pack.yaml",
            f"id: made-{self.rules}-{self.seed}\ntitle: Made\nlanguage: {self.dialect}\nzone: UTC\n{levels}\nfallback: town.r0\n",
        )
        yield "roles.yaml", lines(f"r{n}: {{label: {{zh: 角色{n}, en: role {n}}}}}" for n in range(self.roles))
        places = (
            f"d{n}: {{label: {{zh: 第{n}区, en: District {n}}}, level: district, in: town}}"
            for n in range(self.districts)
        )
        yield "places.yaml", lines(["town: {label: {zh: 全市, en: Town}, level: city}", *places])
        yield "units.yaml", "units:\n" + lines(self.units())
        yield (
            "actions.yaml",
            lines(f"act{n}: {{label: {{zh: 第{n}项工作, en: piece of work {n}}}}}" for n in range(self.actions)),
        )
        yield "attributes.yaml", lines(self.attribute(n) for n in range(self.attributes))
        yield "events.yaml", lines(self.event(n) for n in range(self.events))
        yield (
            "readings.yaml",
            "soon:\n  label: {zh: 尽早, en: soon}\n  means: {zh: 三个工作日内, en: within three working days}\n  by: {working_days: 3}\n  signed_by: the maker\n  since: 2024-01-01\n  reason: made\n",
        )

    def units(self) -> Iterator[str]:
        for role in range(self.roles):
            yield f"  town.r{role}: {{label: {{zh: 市局{role}, en: Town Office {role}}}, roles: [r{role}], place: town}}"
            for district in range(self.districts):
                yield f"  d{district}.r{role}: {{label: {{zh: {district}区局{role}, en: District {district} Office {role}}}, roles: [r{role}], place: d{district}, reports_to: town.r{role}}}"

    def attribute(self, n: int) -> str:
        more = {
            "choice": ", choices: {one: {zh: 甲类, en: kind one}, two: {zh: 乙类, en: kind two}}",
            "int": ", min: 0, max: 1000",
        }
        return f"x{n}: {{label: {{zh: 事实{n}, en: fact {n}}}, type: {self.kind(n)}{more.get(self.kind(n), '')}}}"

    def event(self, n: int) -> str:
        names = ", ".join(f"x{a}" for a in self.carried(n))
        return f"ev{n}: {{label: {{zh: 第{n}类情况, en: occurrence {n}}}, attributes: [{names}]}}"

    # --- the law and its rules --------------------------------------------------------------------

    def sentence(self, n: int) -> str:
        words = ("the records", "the premises", "the complaints", "the accounts", "the vehicles", "the archives")
        if self.dialect == "zh":
            return f"有关单位应当按照规定办理第{n}项事务，并保存有关材料。"
        return f"The office concerned shall deal with matter {n} and keep {self.pick(words, 'words', n)} in good order."

    def lead(self, article: int) -> str:
        return f"第{article}条 " if self.dialect == "zh" else f"Article {article}. "

    def condition(self, n: int, event: int) -> str:
        zh = self.dialect == "zh"
        parts = []
        for attribute in self.carried(event)[: 1 + self.number("parts", n) % 3]:
            name = f"{'事件.事实' if zh else 'event.x'}{attribute}"
            parts.append(
                {
                    "int": f"{name} > {self.number('bound', n) % 900}",
                    "bool": f"{'非 ' if zh else '!'}{name}",
                    "choice": f"{name} == “one”",
                    "date": f'{name} >= date("2024-01-01")',
                }[self.kind(attribute)]
            )
        return (" 且 " if zh else " && ").join(parts)

    def rule(self, n: int) -> dict[str, str]:
        """One rule; every fortieth sentence binds nobody, and what another's `then` names has no trigger of its own."""
        parts = {"id": f"a{n // AN_ARTICLE + 1}.m{n}", "quote": self.sentence(n)}
        if n % 40 == 39:
            return {**parts, "non_normative": "binds nobody"}
        role = self.number("role", n) % self.roles
        parts[("must", "must", "must", "must_not")[n % 4] if not self.follows(n) else "must"] = (
            f"act{n % self.actions}"
            if n % 4 == 3
            else f"act{self.number('act', n) % (self.actions // 4 + 1) * 4 % self.actions}"
        )
        if self.follows(n):
            return {**parts, "bearer": "defaulter", "to": f"{{role: r{role}, place: town}}", "by": "{days: 10}"}
        return {**parts, **(self.triggered(n, role) if n % 3 else self.untriggered(n, role))}

    def follows(self, n: int) -> bool:
        return n % 40 == 20

    def triggered(self, n: int, role: int) -> dict[str, str]:
        event = self.number("event", n) % self.events
        parts = {
            "bearer": f"{{role: r{role}, place: event.place, or: enclosing}}",
            "to": f"{{role: r{(role + 1) % self.roles}, place: town}}",
            "on": f"ev{event}",
            "if": self.condition(n, event),
        }
        if n % 5 == 0:
            parts["unless"] = f"case.events.exists(e, e.type == “ev{(event + 1) % self.events}”)"
        parts["by"] = self.pick(
            ("{days: 3}", "{working_days: 5, rolls_over: true}", "{reading: soon}", "{hours: 24}"), "by", n
        )
        parts["per"] = self.pick(("case", "event", "subject"), "per", n)
        if n + 1 < self.rules and self.follows(n + 1):
            parts["then"] = f"a{(n + 1) // AN_ARTICLE + 1}.m{n + 1}"
        parts["inferred"] = "{bearer: the sentence names nobody, by: it gives no limit}"
        return parts

    def untriggered(self, n: int, role: int) -> dict[str, str]:
        parts = {"bearer": f"{{each: r{role}}}"}
        if n % 2 or n % 4 == 3:
            parts |= {"always": "true", "indicator": "what is on file"}
        else:
            parts |= {"every": self.pick(PERIODS, "every", n)}
        if n + 1 < self.rules and self.follows(n + 1):
            parts["then"] = f"a{(n + 1) // AN_ARTICLE + 1}.m{n + 1}"
        return {**parts, "note": "[one doubt, another doubt]"}

    def block(self, n: int) -> str:
        parts = self.rule(n).items()
        return "\n".join(f"{CHINESE[key] if self.dialect == 'zh' else key}: {value}" for key, value in parts)

    def chapter(self, first: int) -> Iterator[str]:
        yield f"# Chapter {first // A_CHAPTER + 1}\n"
        for start in range(first, min(first + A_CHAPTER, self.rules), AN_ARTICLE):
            members = range(start, min(start + AN_ARTICLE, self.rules))
            yield "> " + self.article(members) + "\n"
            yield "```rule\n" + "\n---\n".join(self.block(n) for n in members) + "\n```\n"

    def article(self, members: range) -> str:
        between = "" if self.dialect == "zh" else " "
        return self.lead(members[0] // AN_ARTICLE + 1) + between.join(self.sentence(n) for n in members)

    def write(self, folder: Path) -> Path:
        """The pack, in a directory that need not exist."""
        facts, home = folder / "facts", folder / "policies" / "made"
        facts.mkdir(parents=True)
        home.mkdir(parents=True)
        for name, text in self.facts():
            (facts / name).write_text(text, "utf-8")
        starts = range(0, self.rules, AN_ARTICLE)
        articles = (self.article(range(s, min(s + AN_ARTICLE, self.rules))) for s in starts)
        (home / "source.txt").write_text(lines(articles), "utf-8")
        head = "id: made\ntitle: Made\nissuer: the maker\nlevel: city\nissued_on: 2024-01-01\neffective_on: 2024-01-01\nsource: source.txt\n"
        (home / "policy.yaml").write_text(head, "utf-8")
        for first in range(0, self.rules, A_CHAPTER):
            (home / f"chapter-{first // A_CHAPTER:04}.md").write_text("\n".join(self.chapter(first)), "utf-8")
        return folder


def lines(members: Iterable[str]) -> str:
    return "".join(f"{member}\n" for member in members)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dialect", choices=["en", "zh"], default="en")
    asked = parser.parse_args()
    Maker(asked.rules, asked.seed, asked.dialect).write(asked.folder)


if __name__ == "__main__":
    main()
