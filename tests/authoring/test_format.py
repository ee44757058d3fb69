"""The canonical form keeps what a file says and every comment, and putting it into form again changes nothing."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from generate import Maker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made import LIBRARY
from remit import Pack
from remit.authoring.files import formatted
from remit.authoring.format import RULE, format_markdown, format_yaml, meaning
from remit.authoring.forms import FILES, Ref
from remit.authoring.fresh import TEMPLATES
from remit.authoring.layout import comments
from remit.authoring.writing import replace
from remit.errors import AuthoringError, Origin, PackError, RemitError
from remit.pack.yaml_reader import read_documents
from untidy import TREES, plain, untidy

ROOT = Path(__file__).parents[2]
PACKS = (ROOT, ROOT / "examples" / "gdpr-breach", LIBRARY, TEMPLATES / "zh", TEMPLATES / "en")


def form(text: str, shape: Any = RULE) -> str:
    return format_yaml(text, "x.yaml", shape)


def without_places(value: Any) -> Any:
    """Everything a pack says, and not where it says so."""
    if isinstance(value, Origin):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(without_places(getattr(value, f.name)) for f in dataclasses.fields(value)))
    if isinstance(value, dict):
        return {key: without_places(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [without_places(member) for member in value]
    return value


def says(root: Path) -> Any:
    pack = Pack.load(root)
    cases = [pack.read_events(path) for path in pack.cases]
    return without_places([pack.vocabulary, pack.policies, cases, dict(pack.calendar.years)])


def put_in_form(root: Path) -> int:
    found = list(formatted([root]))
    assert [problem for file in found for problem in file.problems] == []
    for file in found:
        replace(file.path, file.after)
    return sum(file.changed for file in found)


# --- what must hold of every text ------------------------------------------------------------------


@given(st.data())
def test_a_form_keeps_what_is_said_and_each_comment_and_is_stable(data: st.DataObject) -> None:
    text = data.draw(TREES.flatmap(untidy))
    try:
        before = read_documents(text, "x")
    except RemitError:
        return  # what remit does not read, it does not format
    shape = data.draw(st.sampled_from([RULE, None, Ref("case"), FILES["attributes"].shape, FILES["units"].shape]))
    found = form(text, shape)
    assert [meaning(node) for node in read_documents(found, "x")] == [meaning(node) for node in before]
    assert comments(found) == comments(text)
    assert form(found, shape) == found
    assert all(line == line.rstrip() for line in found.splitlines())


@given(st.data())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_a_generated_pack_says_the_same_in_form(data: st.DataObject) -> None:
    """Written as an untidy hand would, loaded, put into form, loaded again: equal, in both dialects."""
    with TemporaryDirectory() as folder:
        untidied_and_put_in_form(data, Path(folder) / "pack")


def untidied_and_put_in_form(data: st.DataObject, root: Path) -> None:
    maker = Maker(
        data.draw(st.integers(4, 16)), data.draw(st.integers(0, 10**6)), data.draw(st.sampled_from(["en", "zh"]))
    )
    maker.write(root)
    tidy = says(root)
    for path in (root / "facts" / f"{name}.yaml" for name in ("attributes", "events", "actions", "readings")):
        (node,) = read_documents(path.read_text("utf-8"), path.name)
        path.write_text(data.draw(untidy(plain(node))), "utf-8")
    for path in root.glob("policies/*/*.md"):
        parts = path.read_text("utf-8").split("```rule\n")
        blocks = [part.partition("\n```") for part in parts[1:]]
        documents = [
            "---\n".join(data.draw(untidy(plain(node))) for node in read_documents(text, path.name))
            for text, _, _ in blocks
        ]
        path.write_text(
            parts[0] + "".join(f"```rule\n{d}```{rest}" for d, (_, _, rest) in zip(documents, blocks, strict=True)),
            "utf-8",
        )
    untidied = says(root)
    assert sorted(map(repr, untidied[1])) == sorted(map(repr, tidy[1]))
    put_in_form(root)
    assert says(root) == untidied
    assert put_in_form(root) == 0


@pytest.mark.parametrize("root", PACKS, ids=lambda p: p.name)
def test_a_real_pack_says_the_same_in_form(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    for name in ("policies", "facts"):
        shutil.copytree(root / name, copy / name)
    before = says(copy)
    put_in_form(copy)
    assert says(copy) == before
    assert put_in_form(copy) == 0


@pytest.mark.parametrize("root", PACKS, ids=lambda p: p.name)
def test_the_packs_are_in_form(root: Path) -> None:
    assert [file.path.name for file in formatted([root]) if file.changed or file.problems] == []


# --- what the form is ------------------------------------------------------------------------------

FORMS = {
    "keys in their order": (
        "on: e\nmust: a\nbearer: {place: p, role: r}\nquote: q\nid: x\n",
        "id: x\nquote: q\nmust: a\nbearer: {role: r, place: p}\non: e\n",
    ),
    "Chinese keys in the same order": ("触发: e\n必须: a\n引文: q\n编号: x\n", "编号: x\n引文: q\n必须: a\n触发: e\n"),
    "blanks": ("id:   x\nquote:  [ a ,b ]\nby: { days:  3 }\n", "id: x\nquote: [a, b]\nby: {days: 3}\n"),
    "steps of two": ("id: x\ndone:\n- event: e\n  where: w\n- f\n", "id: x\ndone:\n  - event: e\n    where: w\n  - f\n"),
    "a comment moves with its key": (
        "# whole\nmust: a  # act\n# name\nid: x\n",
        "# whole\n# name\nid: x\nmust: a  # act\n",
    ),
    "one blank line at the most": ("id: x\n\n\n\nquote: q\n\n", "id: x\n\nquote: q\n"),
    "quotes stay, and are double": ("id: 'x'\nnote: 'say \"so\"'\n", "id: \"x\"\nnote: 'say \"so\"'\n"),
    "brackets over several lines close up": ("id: x\nquote: [a,\n  b]\n", "id: x\nquote: [a, b]\n"),
    "brackets with a comment open": ("id: x\nquote: [a, # why\n  b]\n", "id: x\nquote:\n  - a  # why\n  - b\n"),
    "brackets that are too long open": (
        f"id: x\nto: [{{role: {'r' * 100}}}, {{role: {'s' * 100}}}]\n",
        f"id: x\nto:\n  - {{role: {'r' * 100}}}\n  - {{role: {'s' * 100}}}\n",
    ),
    "a Chinese character takes two columns": (
        f"id: x\ninferred: {{bearer: {'责' * 40}, to: {'对' * 40}}}\n",
        f"id: x\ninferred:\n  bearer: {'责' * 40}\n  to: {'对' * 40}\n",
    ),
    "text over several lines stays": (
        "note: >-\n    one\n    two\n\n    three\nid: x\n",
        "id: x\nnote: >-\n  one\n  two\n\n  three\n",
    ),
    "several rules": ("---\nid: x\n---\n\nid: y\n", "id: x\n---\nid: y\n"),
    "a comment at the end of a list": ("id: x\ndone:\n  - e\n  # or else\non: f\n", "id: x\non: f\ndone:\n  - e\n  # or else\n"),
    "words that look like numbers keep their quotes": ('id: "12"\n', 'id: "12"\n'),
    "only comments": ("\n# one\n\n\n# two\n", "# one\n\n# two\n"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS.keys())
def test_the_form_is(before: str, after: str) -> None:
    assert form(before) == after
    assert form(after) == after


def test_the_events_of_a_case_name_their_own_keys_first() -> None:
    text = "case: c\nevents:\n  - {sex: f, at: 2024-01-01, age: 3, type: t, id: e}\n"
    assert form(text, Ref("case")) == "case: c\nevents:\n  - {id: e, type: t, at: 2024-01-01, sex: f, age: 3}\n"


def test_what_the_author_names_stays_in_the_author_s_order() -> None:
    text = "zebra: {label: z}\nant: {alias: a, label: b}\n"
    assert form(text, FILES["roles"].shape) == "zebra: {label: z}\nant: {label: b, alias: a}\n"


def test_of_a_chapter_only_the_rules_change() -> None:
    text = "# T  \n\n> 第一条  甲。\n\n\n~~~rule\nquote:  甲。\nid: x\n~~~\n* a\n\n```yaml\nb:   c\n```\n  ```规则\n  id:  y\n  ```\nend"
    found = format_markdown(text, "c.md")
    assert found == text.replace("quote:  甲。\nid: x", "id: x\nquote: 甲。").replace("  id:  y", "  id: y")


# --- what is not formatted ---------------------------------------------------------------------------


def test_a_chapter_with_a_broken_rule_is_left_alone_and_every_broken_rule_is_told() -> None:
    text = "> a\n\n```rule\nid:  x\n```\n\n```rule\nid: [x\n```\n\n```rule\nid: x\nid: y\n```\n"
    with pytest.raises(PackError) as refused:
        format_markdown(text, "c.md")
    assert [(p.code, p.origin.line) for p in refused.value.problems] == [("RM201", 8), ("RM202", 13)]


@pytest.mark.parametrize(
    "text", ["%YAML 1.1\n---\nid: x\n", "id: x\n...\n", "id: x\x85\n"], ids=["a directive", "an end", "a break"]
)
def test_what_would_be_lost_is_refused(text: str) -> None:
    with pytest.raises((AuthoringError, RemitError)) as refused:
        form(text)
    assert refused.value.code in {"RM802", "RM201"}
