"""Which pages a site has in one language, and what each of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from remit.checks.coverage import coverage
from remit.deadlines.calendar import YearCalendar
from remit.explain.words import NATURE, PARTS, READING_STATUS
from remit.model.rule import Consequence, On, Rule
from remit.model.terms import Modality, Nature, Relation
from remit.model.text import Text
from remit.model.vocabulary import Reading
from remit.publishing.site.document import marked, paragraphs
from remit.publishing.site.drawings import Drawing, draw, forest
from remit.publishing.site.phrases import LEADS, RELATIONS, REVERSED, Phrases
from remit.publishing.site.render import Renderer, language_of
from remit.publishing.site.views import Library, RuleView, tally

#: More units than this are drawn place by place.
ONE_DRAWING = 60
Pages = Iterator[tuple[str, bytes]]


KINDS = {
    "bool": Text("是否", "yes or no"), "int": Text("整数", "a whole number"), "decimal": Text("小数", "a number"), "text": Text("文字", "text"),
    "date": Text("日期", "a day"), "time": Text("时刻", "a moment"), "duration": Text("时长", "a length of time"),
    "choice": Text("选项", "a choice"), "place": Text("地点", "a place"), "unit": Text("单位", "a unit"),
}  # fmt: skip


class Site:
    """The pages in one language, as (file name, bytes)."""

    def __init__(self, library: Library, language: str, languages: Sequence[str]) -> None:
        self.library, self.pack, self.duties = library, library.pack, library.duties
        self.phrases = Phrases(library.pack, language)
        self.language = language
        self.links: dict[str, Any] = {}
        self.worded: dict[str, dict[str, str]] = {}
        other = next((one for one in languages if one != language), None)
        shared = {
            "lib": library, "pack": library.pack, "words": library.pack.vocabulary, "ph": self.phrases, "today": library.duties.day,
            "other": other, "view": self.view, "linked": self.unit_link, "tally": tally, "language_of": language_of, "RELATIONS": RELATIONS, "LEADS": LEADS, "REVERSED": REVERSED,
            "NATURE": {key.value: text for key, text in NATURE.items()}, "PARTS": PARTS, "kinds": KINDS, "share": share, "READING_STATUS": READING_STATUS,
            "whole": tally(one for feature in library.features for one in feature.scenarios), "several": len(library.duties.units) > ONE_DRAWING,
        }  # fmt: skip
        self.renderer = Renderer(language, shared)

    def pages(self) -> Pages:
        """Every page, the general ones first."""
        yield from self.general()
        for policy in self.pack.policies:
            yield from self.document(policy.id)
        for name in self.pack.vocabulary.event_types:
            yield self.event(name)
        for name in self.duties.units:
            yield self.unit(name)
        for feature in self.library.features:
            yield self.render(self.library.feature_page(feature.file), "feature.html.j2", feature=feature)

    def render(self, file: str, template: str, **context: Any) -> tuple[str, bytes]:
        return file, self.renderer.page(template, file=file, **context)

    def unit_link(self, name: str) -> Any:
        """A unit's name, linked to its page where it has one."""
        if name not in self.links:
            from markupsafe import Markup

            page, label = self.library.unit_page(name), self.renderer.told(self.pack.vocabulary.units[name].label)
            self.links[name] = Markup('<a href="{}">{}</a>').format(page, label) if page else label
        return self.links[name]

    # --- rules ------------------------------------------------------------------------------------------

    @cached_property
    def views(self) -> Mapping[tuple[str, str], RuleView]:
        """Every rule that is told, in order of the documents."""
        return {
            (rule.policy, rule.id): RuleView(rule, policy, self.library, self.phrases, self.library.compiled.get((rule.policy, rule.id)))
            for policy in self.pack.policies
            for rule in policy.rules
            if rule.modality is not Modality.NON_NORMATIVE
        }  # fmt: skip

    def view(self, rule: Rule) -> RuleView:
        return self.views[rule.policy, rule.id]

    @cached_property
    def by_event(self) -> Mapping[str, tuple[RuleView, ...]]:
        """By event type: the rules in force that it sets off."""
        found: dict[str, list[RuleView]] = {name: [] for name in self.pack.vocabulary.event_types}
        for compiled in self.duties.in_force:
            for name in compiled.rule.trigger.events if isinstance(compiled.rule.trigger, On) else ():
                if self.view(compiled.rule).given(name) is not None:
                    found[name].append(self.view(compiled.rule))
        return {name: tuple(views) for name, views in found.items()}

    @cached_property
    def ended_by(self) -> Mapping[str, tuple[tuple[RuleView, bool], ...]]:
        """By event type: the rules it discharges, and those it breaches (then True)."""
        found: dict[str, list[tuple[RuleView, bool]]] = {name: [] for name in self.pack.vocabulary.event_types}
        for compiled in self.duties.in_force:
            breaching = compiled.rule.modality is Modality.MUST_NOT
            acts = compiled.breaches if breaching else compiled.discharges
            for name in dict.fromkeys(act.event for act in acts):
                found[name].append((self.view(compiled.rule), breaching))
        return {name: tuple(views) for name, views in found.items()}

    @cached_property
    def recurring(self) -> tuple[RuleView, ...]:
        return tuple(self.view(c.rule) for c in self.duties.in_force if self.view(c.rule).nature == Nature.RECURRING)

    # --- the general pages --------------------------------------------------------------------------------

    def general(self) -> Pages:
        views = tuple(self.views.values())
        events = [t for t in self.pack.vocabulary.event_types.values() if not t.built_in]
        setting_off = [t for t in events if self.by_event[t.id]]
        others = [t for t in events if not self.by_event[t.id]]
        yield self.render(
            "index.html",
            "index.html.j2",
            setting_off=setting_off,
            by_event=self.by_event,
            recurring=self.recurring,
            covered=coverage(self.pack).counts,
        )
        yield self.render("rules.html", "rules.html.j2", views=views)
        yield self.render("events.html", "events.html.j2", setting_off=setting_off, others=others, by_event=self.by_event, ended_by=self.ended_by)  # fmt: skip
        yield self.render("year.html", "year.html.j2", recurring=self.recurring)
        yield self.render("readings.html", "readings.html.j2", used=self.by_reading, said=self.said)
        yield self.render(
            "glossary.html", "glossary.html.j2", acting=self.by_action, holders=self.holders, carried=self.carried
        )
        yield self.render(
            "calendars.html",
            "calendars.html.j2",
            holidays={year: holidays(found) for year, found in self.pack.calendar.years.items()},
        )
        yield self.render("scenarios.html", "scenarios.html.j2")
        yield self.render("search.html", "search.html.j2")
        yield from self.graph()

    @cached_property
    def by_reading(self) -> Mapping[str, list[RuleView]]:
        found: dict[str, list[RuleView]] = {name: [] for name in self.pack.vocabulary.readings}
        for view in self.views.values():
            if view.reading is not None:
                found[view.reading].append(view)
        return found

    @cached_property
    def said(self) -> Mapping[str, list[tuple[str, str, str]]]:
        """By reading: the articles whose words it reads, as (policy, label, page)."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for reading in self.pack.vocabulary.readings.values():
            terms = dict.fromkeys(word.casefold() for word in (reading.label.zh, reading.label.en, *reading.aliases))
            places = (
                (policy.id, article.label, self.library.article_page(policy.id, article.id))
                for policy in self.pack.policies
                for article in self.library.articles[policy.id]
                if any(term in self.wording(policy.id)[article.id] for term in terms)
            )
            found[reading.id] = list(places)
        return found

    def terms(self, policy: str, article: str) -> list[Reading]:
        """The readings of what this article says."""
        page = self.library.article_page(policy, article)
        readings = self.pack.vocabulary.readings
        return [readings[name] for name, places in self.said.items() if any(place[2] == page for place in places)]

    def wording(self, policy: str) -> dict[str, str]:
        """The words of each article, small letters only."""
        if policy not in self.worded:
            self.worded[policy] = {
                article.id: " ".join(line.sentence.text for p in article.paragraphs for line in p.lines).casefold()
                for article in self.library.articles[policy]
            }
        return self.worded[policy]

    @cached_property
    def by_action(self) -> Mapping[str, list[RuleView]]:
        found: dict[str, list[RuleView]] = {name: [] for name in self.pack.vocabulary.actions}
        for view in self.views.values():
            if view.rule.action in found:
                found[view.rule.action].append(view)
        return found

    @cached_property
    def holders(self) -> Mapping[str, list[str]]:
        """By role: the units that have it."""
        found: dict[str, list[str]] = {name: [] for name in self.pack.vocabulary.roles}
        for name, unit in self.duties.units.items():
            for role in unit.roles:
                found[role].append(name)
        return found

    @cached_property
    def carried(self) -> Mapping[str, list[str]]:
        """By attribute: the event types that carry it."""
        found: dict[str, list[str]] = {name: [] for name in self.pack.vocabulary.attributes}
        for kind in self.pack.vocabulary.event_types.values():
            for name in kind.attributes:
                found[name].append(kind.id)
        return found

    # --- documents ----------------------------------------------------------------------------------------

    def document(self, policy_id: str) -> Pages:
        policy = self.pack.policy(policy_id)
        yield self.render(
            self.library.policy_page(policy_id), "policy.html.j2", policy=policy, paragraphs=paragraphs(policy)
        )
        told = self.library.articles[policy_id]
        for place, article in enumerate(told):
            yield self.render(
                self.library.article_page(policy_id, article.id), "article.html.j2", policy=policy, article=article,
                before=told[place - 1] if place else None, after=told[place + 1] if place + 1 < len(told) else None,
                marked=marked, causes=self.causes, terms=self.terms(policy_id, article.id),
            )  # fmt: skip

    @cached_property
    def causes(self) -> Mapping[str, list[RuleView]]:
        """By consequence: the rules whose failure sets it off."""
        found: dict[str, list[RuleView]] = {}
        for view in self.views.values():
            for name in view.rule.then:
                found.setdefault(name, []).append(view)
        return found

    # --- events -------------------------------------------------------------------------------------------

    def event(self, name: str) -> tuple[str, bytes]:
        kind, known = self.pack.vocabulary.event_types[name], self.pack.vocabulary.attributes
        return self.render(
            self.library.event_page(name), "event.html.j2", kind=kind, owed=self.by_event[name], ended=self.ended_by[name],
            declared=[fact for fact in known if known[fact].origin.file],
        )  # fmt: skip

    # --- units --------------------------------------------------------------------------------------------

    @cached_property
    def edges(self) -> tuple[Any, ...]:
        return tuple(edge for edge in self.pack.graph.edges if self.pack.graph.holds(edge, self.duties.day))

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return {name: self.phrases.of(unit.label) for name, unit in self.duties.units.items()}

    @cached_property
    def by_place(self) -> Mapping[str, tuple[str, ...]]:
        """The places that have units, in the order in which the pack declares them."""
        found: dict[str, list[str]] = {name: [] for name in self.pack.vocabulary.places}
        for name, unit in self.duties.units.items():
            found[unit.place].append(name)
        return {place: tuple(names) for place, names in found.items() if names}

    @cached_property
    def within(self) -> Mapping[str, str]:
        """Each unit's nearest upper unit by `part_of`."""
        found: dict[str, str] = {}
        for edge in self.edges:
            if edge.relation is Relation.PART_OF:
                found.setdefault(edge.source, edge.target)
        return found

    def drawing(self, names: Iterable[str]) -> Drawing:
        return draw({name: self.labels[name] for name in names}, self.edges)

    def graph(self) -> Pages:
        """One drawing, or one a place and the places as a tree."""
        inside = {place.id: place.inside for place in self.pack.vocabulary.places.values() if place.inside}
        places = forest(tuple(self.pack.vocabulary.places), inside)
        names = tuple(self.duties.units)
        small = len(names) <= ONE_DRAWING
        yield self.render(
            "units.html", "units.html.j2", places_tree=places, by_place=self.by_place, holders=self.holders,
            drawing=self.drawing(names) if small else None, trees=forest(names, self.within) if small else (),
        )  # fmt: skip
        for place, members in () if small else self.by_place.items():
            yield self.render(
                f"{self.library.names.of('place', place)}.html", "place.html.j2", place=self.pack.vocabulary.places[place],
                drawing=self.drawing(members), trees=forest(members, self.within), members=members,
            )  # fmt: skip

    @cached_property
    def joined(self) -> Mapping[str, tuple[dict[Relation, list[str]], dict[Relation, list[str]]]]:
        """By unit: whom its edges lead to, and from whom edges lead to it."""
        found: dict[str, tuple[dict[Relation, list[str]], dict[Relation, list[str]]]] = {
            name: ({}, {}) for name in self.duties.units
        }
        for edge in self.edges:
            found[edge.source][0].setdefault(edge.relation, []).append(edge.target)
            found[edge.target][1].setdefault(edge.relation, []).append(edge.source)
        return found

    @cached_property
    def anybody(self) -> bool:
        """Whether some duty is borne by whoever reports."""
        return any(self.duties.anybody(rule) for rule in self.duties.in_force)

    def unit(self, name: str) -> tuple[str, bytes]:
        borne = [self.view(c.rule) for c in self.duties.borne[name] if not self.duties.anybody(c)]
        owed = [v for v in borne if v.rule.modality is Modality.MUST]
        triggered: dict[str, list[RuleView]] = {}
        for view in owed:
            for kind in view.rule.trigger.events if isinstance(view.rule.trigger, On) else ():
                if view.given(kind, name) is not None:
                    triggered.setdefault(kind, []).append(view)
        return self.render(
            self.library.unit_page(name) or "", "unit.html.j2", unit=self.duties.units[name], name=name, joined=self.joined[name],
            triggered=triggered, borne=borne, anybody=self.anybody,
            recurring=[v for v in owed if v.nature == Nature.RECURRING],
            standing=[v for v in owed if v.nature == Nature.STANDING],
            consequent=[v for v in owed if isinstance(v.rule.trigger, Consequence)],
            forbidden=[v for v in borne if v.rule.modality is Modality.MUST_NOT],
            allowed=[v for v in borne if v.rule.modality is Modality.MAY],
            parts_in_others=[(part, self.view(c.rule)) for part, c in self.duties.parts[name]],
        )  # fmt: skip


def share(day: date, closing: bool) -> float:
    """How much of its year, in hundredths, has passed at a day's beginning, or at its end."""
    passed = (day - date(day.year, 1, 1)).days + (1 if closing else 0)
    return round(passed * 100 / (366 if date(day.year, 12, 31).timetuple().tm_yday > 365 else 365), 2)


def holidays(year: YearCalendar) -> list[tuple[str, list[date]]]:
    """The days off by name, as they come in the year."""
    found: dict[str, list[date]] = {}
    for day, name in sorted(year.holidays.items()):
        found.setdefault(name, []).append(day)
    return list(found.items())
