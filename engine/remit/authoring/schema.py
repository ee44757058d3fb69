"""JSON Schema (2020-12) of every kind of file, for editors: keys and fixed words in Chinese and English, from the loader's own tables.

A schema says what form a file has; whether its names exist and its rules make sense, `remit check` says. With the names of a pack,
an editor can complete them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from remit.authoring.descriptions import description
from remit.authoring.forms import FILES, FORMS, Either, FileKind, Form, Items, Name, Named, Plain, Ref, Shape, Words
from remit.authoring.writing import put
from remit.pack import dialect

Schema = dict[str, object]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
#: YAML outside remit gives scalars a type; remit itself reads each as text.
SCALAR = ["string", "number", "boolean"]
PLAIN: Mapping[str, Schema] = {
    "text": {"type": SCALAR},
    "condition": {"type": ["string", "boolean"]},
    "whole": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?\d+$"}]},
    "truth": {"enum": [True, False, "true", "false", "是", "否"]},
    "day": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "month_day": {"type": "string", "pattern": r"^\d{2}-\d{2}$"},
    "moment": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([T ].+)?$"},
}
TITLES = {
    "pack": "规则包 · pack", "roles": "角色 · roles", "actions": "行动 · actions", "attributes": "事实 · attributes", "events": "事件类型 · events",
    "readings": "解释 · readings", "places": "地点 · places", "units": "单位 · units", "calendar": "节假日 · calendar", "case": "案件 · case",
    "accepted": "认可 · accepted", "policy": "政策文件 · policy", "rule": "规则 · rule",
}  # fmt: skip

Names = Mapping[str, Iterable[str]]
Needed = dict[Ref | Name, None]


def schema(kind: FileKind, names: Names | None = None) -> Schema:
    """The schema of one kind of file; `names` are the spellings a pack knows, by kind of name."""
    needed: Needed = {}
    whole = of_shape(kind.shape, names or {}, needed)
    parts: dict[str, Schema] = {}
    while waiting := [shape for shape in needed if pointed(shape) not in parts]:
        shape = waiting[0]
        parts[pointed(shape)] = (
            of_form(shape.form, names or {}, needed) if isinstance(shape, Ref) else of_name(shape, names or {})
        )
    return {"$schema": DRAFT, "title": TITLES[kind.name], **whole, "$defs": dict(sorted(parts.items()))}


def of_name(shape: Name, names: Names) -> Schema:
    """Any text, where no pack says which names there are."""
    known = sorted({name for kind in shape.kinds for name in names.get(kind, ())})
    return {"enum": known} if known else {"type": SCALAR}


def of_shape(shape: Shape, names: Names, needed: Needed) -> Schema:
    match shape:
        case Plain(what):
            return PLAIN[what]
        case Words(among):
            return {"enum": list(fixed(among))}
        case Items(of, least, most):
            bounds = {"minItems": least} if least else {}
            return {
                "type": "array",
                "items": of_shape(of, names, needed),
                **bounds,
                **({"maxItems": most} if most else {}),
            }
        case Named(of):
            return {"type": "object", "additionalProperties": of_shape(of, names, needed)}
        case Either(of):
            return {"anyOf": [of_shape(each, names, needed) for each in of]}
        case Ref() | Name():
            needed[shape] = None
            return {"$ref": f"#/$defs/{pointed(shape)}"}


def of_form(name: str, names: Names, needed: Needed) -> Schema:
    """A mapping: each key under all its spellings, with what it means."""
    form = FORMS[name]
    properties: Schema = {}
    for key, shape in form.keys.items():
        told = description(name, key)
        about = (
            {"title": " · ".join(dict.fromkeys(reversed(spelled(form, key)))), "description": f"{told.zh}。{told.en}"}
            if told
            else {}
        )
        for written in spelled(form, key):
            properties[written] = {**about, **of_shape(shape, names, needed)}
    rest = of_shape(form.rest, names, needed) if form.rest else False
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": rest,
        **({"allOf": rules} if (rules := list(counted(form))) else {}),
    }


def counted(form: Form) -> Iterator[Schema]:
    """Which keys must be there, and which go together."""
    for key in form.required:
        yield {"oneOf": [{"required": [written]} for written in spelled(form, key)]}
    for group in form.one_of:
        yield {"oneOf": [{"required": [written]} for key in group for written in spelled(form, key)]}
    for group in form.at_most_one:
        several = [{"required": [written]} for key in group for written in spelled(form, key)]
        yield {"oneOf": [*several, {"not": {"anyOf": several}}]}

    for group, key in form.needs:
        there = [{"required": [written]} for each in group for written in spelled(form, each)]
        needed = [{"required": [written]} for written in spelled(form, key)]
        yield {"if": {"anyOf": there}, "then": {"anyOf": needed}}


def spelled(form: Form, key: str) -> tuple[str, ...]:
    return dialect.spellings(form.place, (key,))


def fixed(words: Iterable[str]) -> Iterator[str]:
    """Fixed words in both languages; relations are written as their keys."""
    for word in words:
        yield word
        yield from (zh for zh, en in dialect.WORDS.items() if en == word)
        yield from (
            zh
            for zh in dialect.spellings("unit", (word,))
            if zh != word and word.endswith(("_of", "_by", "_to", "_in"))
        )


def pointed(shape: Ref | Name) -> str:
    """What a part is called within its schema."""
    return shape.form.replace(" ", "-") if isinstance(shape, Ref) else f"name-of-{'-'.join(shape.kinds)}"


def schemas(names: Names | None = None) -> dict[str, Schema]:
    """Of every kind, by name."""
    return {name: schema(kind, names) for name, kind in FILES.items()}


def settings(folder: str, only: str | None = None) -> Schema:
    """What an editor with the YAML language server needs to find the schemas in a folder, relative to the pack."""
    files = {name: kind.paths for name, kind in FILES.items() if kind.paths and only in (None, name)}
    return {"yaml.schemas": {f"{folder}/{file_name(name)}": list(paths) for name, paths in files.items()}}


def file_name(kind: str) -> str:
    return f"{kind}.schema.json"


def write_schemas(folder: Path, names: Names | None = None, only: str | None = None, *, force: bool = False) -> tuple[Path, ...]:  # fmt: skip
    """Write a file for every kind of file, or only for one; what is there already and says something else is replaced only with `force`.

    Raises:
        AuthoringError: RM801, another file is in the way; RM804, it cannot be written.
    """
    texts = {
        folder / file_name(name): json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        for name, found in schemas(names).items()
        if only in (None, name)
    }
    put(texts, force=force)
    return tuple(texts)
