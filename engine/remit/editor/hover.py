"""What an editor shows of a name: what it means, the sentence it rests on, where it is declared and how often it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from remit.editor.index import Index, Name
from remit.editor.mentions import Part
from remit.explain.messages import NOUNS
from remit.explain.words import MODALITY
from remit.model.rule import Policy, Rule
from remit.model.text import Text
from remit.model.vocabulary import Attribute, EventType, Reading, Vocabulary
from remit.pack import dialect

#: Of many notes of a rule, the first are shown.
MOST_NOTES = 2


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of the names of one pack in one language, in Markdown; `link` makes the address of a line of a file."""

    index: Index
    policies: tuple[Policy, ...]
    language: str
    link: Callable[[str, int], str]

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def listed(self, parts: Iterable[str]) -> str:
        return self.say("、", ", ").join(parts)

    def tell(self, name: Name) -> str:
        """All there is to say."""
        return "\n\n".join((self.heading(name), *self.body(name), self.whereabouts(name)))

    def heading(self, name: Name) -> str:
        label = self.label(name)
        both = " · ".join(dict.fromkeys(text for text in ((label.zh, label.en) if label else ()) if text != name.id))
        kind = self.say(NOUNS.get(name.kind, name.kind), name.kind)
        return f"**{name.id}**{' — ' + both if both else ''} *({kind})*"

    def label(self, name: Name) -> Text | None:
        words = self.index.words.vocabulary
        if name.kind == "rule":
            rule = self.rule(name.id)
            return rule[1].label if rule else None
        if name.kind == "choice":
            attribute = words.attributes.get(name.of)
            return next((c.label for c in (attribute.choices if attribute else ()) if c.id == name.id), None)
        if name.kind == "level":
            return words.level_labels.get(name.id)
        item = thing(words, name)
        return getattr(item, "label", None)

    # --- what it is ---------------------------------------------------------------------------------

    def body(self, name: Name) -> Iterator[str]:
        words = self.index.words.vocabulary
        if name.kind == "rule":
            yield from self.of_rule(name.id)
        if name.kind == "superior":
            yield from self.of_superior(name.id)
        if name.kind == "choice" and name.of in words.attributes:
            yield (
                self.say("选项，属于", "a choice of")
                + f" `{name.of}` ({words.attributes[name.of].label.of(self.language)})"
            )
        match thing(words, name):
            case Attribute() as attribute:
                yield from self.of_attribute(attribute)
            case EventType() as event:
                yield from self.of_event(event)
            case Reading() as reading:
                yield self.say("取作：", "taken to mean: ") + reading.means.of(self.language)
                signed = f"{reading.signed_by}, {reading.since.isoformat()}"
                yield self.say(f"署名：{signed}", f"signed by {signed}") + (
                    f"  \n{reading.reason}" if reading.reason else ""
                )
            case _:
                yield from self.of_place(name)

    def of_rule(self, rule_id: str) -> Iterator[str]:
        """The words it rests on, of which article and document."""
        found = self.rule(rule_id)
        if found is None:
            yield self.say("这条规则尚有错误，无法读出。", "The rule has errors and cannot be read yet.")
            return
        policy, rule = found
        yield "\n>\n".join(f"> {quote.text}" for quote in rule.quotes)
        yield f"{rule.article_label or rule.article} · {policy.title.of(self.language)} {policy.number}".rstrip()
        action = self.index.words.vocabulary.actions.get(rule.action or "")
        if action is not None and rule.modality in MODALITY:
            yield f"{MODALITY[rule.modality].of(self.language)} — {action.label.of(self.language)}"
        yield from (f"*{note}*" for note in rule.notes[:MOST_NOTES])
        if len(rule.notes) > MOST_NOTES:
            more = len(rule.notes) - MOST_NOTES
            yield self.say(f"另有备注 {more} 条", f"and {more} more note{'' if more == 1 else 's'}")

    def of_superior(self, name: str) -> Iterator[str]:
        """A document that rules implement, or a duty listed of one."""
        for superior in (s for policy in self.policies for s in policy.implements):
            if superior.id == name:
                yield f"{superior.title.of(self.language)} {superior.number}".rstrip()
            for duty in superior.duties:
                if duty.id == name:
                    yield f"> {duty.quote}"
                    yield f"{duty.article} · {superior.title.of(self.language)}".lstrip(" ·")

    def of_attribute(self, attribute: Attribute) -> Iterator[str]:
        kind = dialect.spoken(attribute.kind.value, self.language)
        about = {"subject": self.say("当事人的", "of the subject"), "case": self.say("案件的", "of the case")}.get(
            attribute.of
        ) or self.say("事件的", "of the event")
        bounds = [str(bound) for bound in (attribute.minimum, attribute.maximum) if bound is not None]
        yield f"{kind}, {about}" + (f" ({'–'.join(bounds)})" if bounds else "")
        if attribute.choices:
            yield self.say("选项：", "choices: ") + self.listed(
                f"{c.label.of(self.language)} (`{c.id}`)" for c in attribute.choices
            )
        if attribute.ask:
            yield self.say("询问：", "asked: ") + attribute.ask.of(self.language)
        if attribute.reason:
            yield self.say("缺省的理由：", "why absence may be read so: ") + attribute.reason

    def of_event(self, event: EventType) -> Iterator[str]:
        if event.about:
            yield event.about.of(self.language)
        attributes = self.index.words.vocabulary.attributes
        carried = [attributes[a] for a in event.attributes if a in attributes and a != "period"]
        if carried:
            told = (
                f"{a.label.of(self.language)} (`{a.id}`)" + ("*" if a.id in event.required else "") for a in carried
            )
            yield self.say("事实：", "facts: ") + self.listed(told)

    def of_place(self, name: Name) -> Iterator[str]:
        """Places and units: where, at which level, with which roles."""
        words = self.index.words.vocabulary
        item = words.units.get(name.id) if name.kind == "unit" else None
        if item is not None:
            roles = self.listed(words.roles[r].label.of(self.language) for r in item.roles if r in words.roles)
            place = words.places[item.place].label.of(self.language) if item.place in words.places else item.place
            level = words.level_labels.get(item.level)
            yield " · ".join(part for part in (roles, place, level.of(self.language) if level else "") if part)
            if item.reason:
                yield f"*{item.reason}*"
        if name.kind == "place" and name.id in words.places and words.places[name.id].level in words.level_labels:
            yield words.level_labels[words.places[name.id].level].of(self.language)

    # --- where it is --------------------------------------------------------------------------------

    def whereabouts(self, name: Name) -> str:
        """Where it is declared, and how often it is used."""
        declared = self.index.declared(name)
        used = sum(o.mention.part is Part.USES for o in self.index.of_name(name))
        times = self.say(f"使用 {used} 处", f"used {used} time{'' if used == 1 else 's'}")
        if declared is None:
            return self.say("remit 自带", "built in") + f" · {times}"
        line = declared.mention.line + 1
        return f"[{declared.file}:{line}]({self.link(declared.file, line)}) · {times}"

    def rule(self, rule_id: str) -> tuple[Policy, Rule] | None:
        """The latest rule of this id, with its policy."""
        found = [(policy, rule) for policy in self.policies for rule in policy.rules if rule.id == rule_id]
        return found[-1] if found else None


def thing(words: Vocabulary, name: Name) -> object:
    """The record of a name."""
    homes = {
        "attribute": words.attributes, "event": words.event_types, "action": words.actions, "role": words.roles,
        "place": words.places, "unit": words.units, "reading": words.readings,
    }  # fmt: skip
    return homes.get(name.kind, {}).get(name.id)
