"""Who: the YAML of a selector → one of the selector records."""

from __future__ import annotations

from remit.errors import VocabularyError
from remit.model.records import record
from remit.model.rule import ByDefaulter, ByFact, ByPeople, ByRelation, ByReporter, ByRole, ByStep, ByUnit, Selector
from remit.model.terms import Relation, ValueKind
from remit.model.vocabulary import Vocabulary
from remit.pack import dialect
from remit.pack.fields import Fields
from remit.pack.names import Names
from remit.pack.yaml_reader import Node, Problems, Scalar

KEYS = ("unit", "role", "via", "each", "of", "office_of", "place", "level", "or", "people")
FORMS = ("unit", "role", "each", "office_of", "people")
RELATIVE = ("same", "upper")


@record
class SelectorReader:
    """Reads selectors with the names of one pack."""

    vocabulary: Vocabulary
    names: Names
    problems: Problems

    def read(self, node: Node, part: str) -> Selector | None:
        """A selector of that part of a rule, or None after the errors."""
        if isinstance(node, Scalar):
            match dialect.word(node.text):
                case "reporter":
                    return ByReporter()
                case "defaulter":
                    return ByDefaulter()
            self.problems.add(
                VocabularyError(
                    "RM206",
                    "wrong-form",
                    found=node.text,
                    expected="`reporter`, `defaulter`, or a selector such as {role: …, place: event.place}",
                    origin=node.origin,
                )
            )
            return None
        fields = Fields(node, "selector", KEYS, self.problems)
        forms = [name for name in FORMS if name in fields]
        if len(forms) != 1:
            if forms or not (fields.misspelt or fields.hollow):
                self.problems.add(VocabularyError("RM206", "wrong-form", found=fields.shown(forms) or "nothing", expected=f"one of {', '.join(FORMS)}", origin=fields.origin))  # fmt: skip
            return None
        return self.people(fields, part) if forms == ["people"] else self.by_form(forms[0], fields, part)

    def people(self, fields: Fields, part: str) -> ByPeople | None:
        """People receive or assist; what is owed, a unit owes."""
        label = fields.label("people")
        if part in ("to", "with"):
            return ByPeople(label) if label else None
        self.problems.add(VocabularyError("RM206", "wrong-form", found="people", expected="a unit: people stand in `to` and `with` only", origin=fields.keys["people"]))  # fmt: skip
        return None

    def by_form(self, form: str, fields: Fields, part: str) -> Selector | None:
        named = fields.scalar(form)
        if named is None:
            return None
        place, level = self.place(fields), self.level(fields)
        match form:
            case "unit":
                return self.unit(named)
            case "office_of":
                body = self.body(named)
                return ByRelation(Relation.OFFICE_OF, body, place, level) if body else None
            case "each" if dialect.word(named.text) == "member":
                of = fields.scalar("of", required=True)
                body = self.body(of) if of else None
                return ByRelation(Relation.MEMBER_OF, body, place, level, each=True) if body else None
            case "role" if "via" in fields:
                return self.step(named, fields, part)
            case _:
                role = self.names.resolve("role", named)
                enclosing = fields.word("or", ("enclosing",), "") == "enclosing"
                return ByRole(role, place, level, enclosing, each=form == "each") if role else None

    def step(self, named: Scalar, fields: Fields, part: str) -> ByStep | None:
        """A role, a relation, and the unit where the way along it begins: for others than the bearer, it may be the bearer."""
        role, via, start = (
            self.names.resolve("role", named),
            self.relation(fields),
            fields.scalar("of", required=part == "bearer"),
        )
        idle = [name for name in ("place", "level", "or") if name in fields]
        if idle:
            self.problems.add(VocabularyError("RM206", "wrong-form", found=fields.shown(idle), expected="`role`, `via` and `of` alone: the relation says where", origin=fields.keys[idle[0]]))  # fmt: skip
            return None
        of = self.start(start) if start else None
        if role is None or via is None or (of is None and (start is not None or part == "bearer")):
            return None
        return ByStep(role, via, of)

    def start(self, node: Scalar) -> ByUnit | ByFact | ByReporter | ByDefaulter | None:
        match dialect.word(node.text):
            case "reporter":
                return ByReporter()
            case "defaulter":
                return ByDefaulter()
        return self.unit(node)

    def relation(self, fields: Fields) -> Relation | None:
        node = fields.scalar("via", required=True)
        word = dialect.key(node.text, "unit") if node else ""
        if node is None or word in set(Relation):
            return Relation(word) if node else None
        self.problems.unknown("relation", node, [r.value for r in Relation], "a relation: " + ", ".join(Relation))
        return None

    def unit(self, node: Scalar) -> ByUnit | ByFact | None:
        """A unit, or the one that an attribute of kind unit names."""
        root, dot, name = dialect.path(node.text).partition(".")
        if dot and root in ("event", "subject") and self.names.find("unit", node.text) is None:
            fact = self.attribute(root, name, node, ValueKind.UNIT, ())
            return ByFact(fact) if fact else None
        unit = self.names.resolve("unit", node)
        return ByUnit(unit) if unit else None

    def body(self, node: Scalar) -> str | None:
        """A role or a unit."""
        return self.names.find("unit", node.text) or self.names.resolve("role", node)

    def level(self, fields: Fields) -> str | None:
        node = fields.scalar("level")
        if node is None:
            return None
        word = dialect.word(node.text)
        return word if word in RELATIVE else self.names.resolve("level", node)

    def place(self, fields: Fields) -> str | None:
        """`event.place`, `bearer.place`, an attribute of kind place, or a place."""
        node = fields.scalar("place")
        if node is None:
            return None
        path = dialect.path(node.text)
        root, dot, name = path.partition(".")
        if path in ("event.place", "bearer.place"):
            return path
        if dot and root in ("event", "subject"):
            return self.attribute(root, name, node, ValueKind.PLACE, ("event.place", "bearer.place"))
        return self.names.resolve("place", node)

    def attribute(self, root: str, name: str, node: Scalar, kind: ValueKind, fixed: tuple[str, ...]) -> str | None:
        """An attribute of that kind, as a path; `fixed` are the paths that every pack has."""
        found = self.names.find("attribute", name)
        attribute = self.vocabulary.attributes.get(found or "")
        if attribute is None or attribute.kind is not kind or (root == "subject") != (attribute.of == "subject"):
            fitting = [
                f"{a.of}.{a.id}" for a in self.vocabulary.attributes.values() if a.kind is kind and a.origin.file
            ]
            ways = f"{', '.join(fixed)} or " if fixed else ""
            self.problems.unknown(kind.value, node, [*fixed, *fitting], f"{ways}an attribute of kind {kind.value}")
            return None
        return f"{root}.{attribute.id}"
