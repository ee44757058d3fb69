"""A small validator of JSON Schema (2020-12): the words remit's schemas use, and no others; and YAML as an editor reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from remit.pack.yaml_reader import Mapping, Node, Scalar

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "type", "enum", "pattern", "properties", "additionalProperties", "required",
    "items", "minItems", "maxItems", "anyOf", "oneOf", "allOf", "not", "if", "then",
}  # fmt: skip


def problems(value: Any, schema: Any, whole: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where the value does not fit, and which word of the schema says so."""
    if schema is False:
        yield f"{path}: not allowed"
        return
    if schema is True:
        return
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        yield from problems(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole, path)
    if "type" in schema and not any(is_of(value, name) for name in listed(schema["type"])):
        yield f"{path}: not {schema['type']}"
    if "enum" in schema and not any(value == member and type(value) is type(member) for member in schema["enum"]):
        yield f"{path}: not among {schema['enum'][:4]}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{path}: not {schema['pattern']}"
    yield from of_members(value, schema, whole, path)
    fits = {
        word: [not list(problems(value, each, whole, path)) for each in schema.get(word, ())]
        for word in ("anyOf", "oneOf", "allOf")
    }
    if "anyOf" in schema and not any(fits["anyOf"]):
        yield f"{path}: anyOf"
    if "oneOf" in schema and sum(fits["oneOf"]) != 1:
        yield f"{path}: oneOf"
    if not all(fits["allOf"]):
        yield f"{path}: allOf"
    if "if" in schema and not list(problems(value, schema["if"], whole, path)):
        yield from problems(value, schema["then"], whole, path)
    if "not" in schema and not list(problems(value, schema["not"], whole, path)):
        yield f"{path}: not"


def of_members(value: Any, schema: dict[str, Any], whole: dict[str, Any], path: str) -> Iterator[str]:
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for key, member in value.items():
            yield from problems(
                member, known.get(key, schema.get("additionalProperties", True)), whole, f"{path}/{key}"
            )
        yield from (f"{path}: {key} missing" for key in schema.get("required", ()) if key not in value)
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield from problems(member, schema.get("items", True), whole, f"{path}/{number}")
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{path}: {len(value)} items"


def is_of(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def as_an_editor_reads(node: Node | None) -> Any:
    """Plain scalars by the core schema of YAML 1.2: numbers, truths and nothing; all others are texts."""
    match node:
        case None:
            return None
        case Mapping(items):
            return {key.text: as_an_editor_reads(value) for key, value in items}
        case Scalar(text, _, quoted):
            return text if quoted else plain(text)
        case _:
            return [as_an_editor_reads(item) for item in node.items]


def plain(text: str) -> Any:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", text):
        return float(text)
    return text
