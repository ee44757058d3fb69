"""A pack is begun, put in form and given its schemas from the command line; nothing is written over unasked."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from made import LIBRARY, edited
from remit.authoring.forms import FILES
from remit.cli.app import assembled
from remit.cli.authoring import Kind

app = assembled()

ROOT = Path(__file__).parents[2]


def remit(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="remit")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# --- new ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_pack_works_at_once(tmp_path: Path, language: str) -> None:
    """It checks without a warning, no sentence is open, its case raises its duty, it is in form, and its scenario holds."""
    pack = tmp_path / "我的 pack"
    made = remit("new", pack, "--lang", language)
    assert made.exit_code == 0, made.stderr
    for path in contents(pack):
        assert str(pack / path) in made.stdout
    checked = json.loads(remit("check", pack, "--json").stdout)
    assert checked == {"errors": [], "warnings": []}
    assert json.loads(remit("coverage", pack, "--json").stdout)["counts"] == {"formalised": 1, "declared": 0, "open": 0}
    answer = json.loads(remit("run", pack, "--now", "2024-03-06", "--json").stdout)
    assert [(o["status"], o["due"]) for o in answer["obligations"]] == [("active", answer["obligations"][0]["latest"])]
    assert answer["unrouted"] == answer["questions"] == []
    assert remit("fmt", "--check", pack).exit_code == 0
    code, told = scenarios(pack)
    assert (code, "1 passed" in told) == (0, True), told


def scenarios(pack: Path) -> tuple[int, str]:
    from importlib.metadata import entry_points

    plugin = [] if "remit" in {point.name for point in entry_points(group="pytest11")} else ["-p", "remit.steps"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, "features"]
    done = subprocess.run(command, cwd=pack, env=env, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout


def test_the_new_pack_is_one_of_each() -> None:
    from remit import Pack
    from remit.authoring.fresh import TEMPLATES

    for language in ("zh", "en"):
        pack = Pack.load(TEMPLATES / language)
        own = [kind for kind in pack.vocabulary.event_types.values() if not kind.built_in]
        assert [len(x) for x in (pack.policies, pack.rules, own, pack.vocabulary.units, pack.cases)] == [1] * 5
        assert pack.language == language


def test_the_next_steps_are_told_in_the_language_asked_for(tmp_path: Path) -> None:
    assert "接下来" in remit("new", tmp_path / "zh", "--lang", "zh").stdout
    shown = remit("new", tmp_path / "a b", "--lang", "en").stdout
    assert f"remit check '{tmp_path / 'a b'}'" in shown


def test_a_directory_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "pack.yaml").write_text("mine")
    before = contents(tmp_path)
    refused = remit("new", tmp_path, "--lang", "en")
    assert refused.exit_code == 3
    assert "RM801" in refused.stderr
    assert "--force" in refused.stderr
    assert contents(tmp_path) == before
    assert remit("new", tmp_path, "--lang", "en", "--force").exit_code == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert remit("check", tmp_path).exit_code == 0


def test_a_file_is_no_place_for_a_pack(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    refused = remit("new", tmp_path / "x", "--lang", "zh", "--force")
    assert refused.exit_code == 3
    assert "RM801 该处已有内容" in refused.stderr
    assert (tmp_path / "x").read_text() == "mine"


def test_an_empty_directory_will_do_and_json_names_the_files(tmp_path: Path) -> None:
    made = json.loads(remit("new", tmp_path, "--lang", "en", "--json").stdout)
    assert {str(tmp_path / name) for name in contents(tmp_path)} == set(made["files"])


# --- fmt ----------------------------------------------------------------------------------------------


def untidy(folder: Path) -> Path:
    return edited(
        folder, "facts/roles.yaml", "branch: {label: library branch}", "branch:   { label:   library branch }  # rooms"
    )


def test_fmt_writes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    pack = untidy(tmp_path)
    before = contents(pack)
    shown = remit("fmt", pack, "--lang", "en")
    assert shown.exit_code == 0
    assert "facts/roles.yaml: formatted" in shown.stdout
    after = contents(pack)
    assert [name for name in before if before[name] != after[name]] == ["facts/roles.yaml"]
    assert after["facts/roles.yaml"].startswith(b"branch: {label: library branch}  # rooms\n")
    assert remit("fmt", pack, "--lang", "en").stdout.strip().endswith("0 formatted, 0 with errors and left as they are")


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_fmt_check_and_diff_write_nothing(tmp_path: Path, option: str) -> None:
    pack = untidy(tmp_path)
    before = contents(pack)
    shown = remit("fmt", pack, option, "--lang", "en")
    assert shown.exit_code == (1 if option == "--check" else 0)
    assert ("+branch: {label: library branch}  # rooms" in shown.stdout) == (option == "--diff")
    assert contents(pack) == before


def test_fmt_leaves_what_does_not_parse_and_formats_the_rest(tmp_path: Path) -> None:
    pack = untidy(tmp_path)
    broken = pack / "facts" / "actions.yaml"
    broken.write_text("send_reminder: {label: send\n", "utf-8")
    chapter = pack / "policies" / "bylaws-2024" / "bylaws.md"
    chapter.write_text(
        chapter.read_text("utf-8")
        .replace("id: a1.reminder", "id:    a1.reminder")
        .replace("id: a2.rare", "id: [a2.rare"),
        "utf-8",
    )
    kept = chapter.read_bytes()
    shown = remit("fmt", pack, "--lang", "en")
    assert shown.exit_code == 1
    assert f"{broken}:1:16: RM201" in shown.stderr
    assert f"{chapter}:31:5: RM201" in shown.stderr
    assert broken.read_text("utf-8") == "send_reminder: {label: send\n"
    assert chapter.read_bytes() == kept
    assert (pack / "facts" / "roles.yaml").read_text("utf-8").startswith("branch: {label")
    told = json.loads(remit("fmt", pack, "--json").stdout)
    assert [e["code"] for e in told["errors"]] == ["RM201", "RM201"]


def test_fmt_takes_files_and_directories_each_once(tmp_path: Path) -> None:
    pack = untidy(tmp_path)
    roles = pack / "facts" / "roles.yaml"
    told = json.loads(remit("fmt", roles, pack / "facts", pack, "--check", "--json").stdout)
    assert remit("fmt", pack / "features").exit_code == 3
    assert told["changed"] == [str(roles)]


@pytest.mark.parametrize("options", [(), ("--check",), ("--diff",)])
def test_fmt_never_goes_looking_for_packs(
    tmp_path: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above packs it refuses, named or stood in: one slip at the root of a disk would else rewrite every pack on it."""
    pack = untidy(tmp_path)
    before = contents(tmp_path)
    monkeypatch.chdir(tmp_path)
    for words in ((), (tmp_path,), (tmp_path.parent,), ("/",)):
        refused = remit("fmt", *words, *options, "--lang", "en")
        assert refused.exit_code == 3
        assert "RM803" in refused.stderr
    assert contents(tmp_path) == before
    monkeypatch.chdir(pack)
    assert "facts/roles.yaml" in remit("fmt", "--check", "--lang", "en").stdout


def test_fmt_of_a_pack_leaves_the_packs_inside_it(tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    shutil.copytree(LIBRARY, outer)
    inner = untidy(outer / "examples")
    nested = untidy(outer / "facts" / "cases")
    before = contents(inner), contents(nested)
    assert remit("fmt", outer).exit_code == 0
    assert (contents(inner), contents(nested)) == before


@pytest.mark.parametrize("name", ["nothing", "notes.txt", "empty"])
def test_fmt_says_where_there_is_nothing_to_format(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    refused = remit("fmt", tmp_path / name, "--lang", "zh")
    assert refused.exit_code == 3
    assert "RM803 没有可整理的文件" in refused.stderr


def test_fmt_keeps_line_ends_the_byte_order_mark_and_the_rights_of_a_file(tmp_path: Path) -> None:
    pack = untidy(tmp_path)
    roles = pack / "facts" / "roles.yaml"
    roles.write_bytes(b"\xef\xbb\xbf" + roles.read_bytes().replace(b"\n", b"\r\n"))
    roles.chmod(0o640)
    chapter = pack / "policies" / "bylaws-2024" / "bylaws.md"
    chapter.write_bytes(chapter.read_bytes().replace(b"id: a1.r", b"id:  a1.r").replace(b"\n", b"\r\n"))
    assert remit("fmt", pack).exit_code == 0
    assert roles.read_bytes().startswith(b"\xef\xbb\xbfbranch: {label: library branch}  # rooms\r\n")
    assert stat.S_IMODE(roles.stat().st_mode) == 0o640
    assert b"id: a1.r" in chapter.read_bytes()
    assert chapter.read_bytes().count(b"\n") == chapter.read_bytes().count(b"\r\n")
    assert remit("check", pack).exit_code == 0


def test_fmt_of_a_case_outside_a_pack(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("events:\n- {type: t, id: e}\ncase:  c\n", "utf-8")
    assert remit("fmt", case).exit_code == 0
    assert case.read_text("utf-8") == "case: c\nevents:\n  - {id: e, type: t}\n"


def test_fmt_that_cannot_write_says_so_and_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = untidy(tmp_path)
    before = contents(pack)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    refused = remit("fmt", pack, "--lang", "en")
    assert refused.exit_code == 5
    assert "RM804 not-written" in refused.stderr
    assert contents(pack) == before


def test_the_packs_of_this_repository_are_in_form() -> None:
    assert remit("fmt", "--check", ROOT, ROOT / "examples" / "gdpr-breach", LIBRARY).exit_code == 0


# --- schema -------------------------------------------------------------------------------------------


def test_schema_prints_one_or_all() -> None:
    assert json.loads(remit("schema", "roles").stdout)["title"] == "角色 · roles"
    assert json.loads(remit("schema").stdout).keys() == FILES.keys() == set(Kind.__args__)


def test_schema_writes_a_folder_once_and_shows_the_settings(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    written = remit("schema", "--out", folder, "--lang", "en")
    assert written.exit_code == 0
    assert set(contents(folder)) == {f"{name}.schema.json" for name in FILES}
    named = json.loads(written.stdout)["yaml.schemas"]
    assert all(Path(path).is_file() for path in named)
    assert remit("schema", "--out", folder).exit_code == 0, "the same again is no change"
    refused = remit("schema", "--out", folder, "--pack", LIBRARY, "--lang", "en")
    assert (refused.exit_code, "RM801" in refused.stderr) == (3, True)
    assert remit("schema", "--out", folder, "--pack", LIBRARY, "--force").exit_code == 0
    rule = json.loads((folder / "rule.schema.json").read_text("utf-8"))
    assert "send_reminder" in rule["$defs"]["name-of-action"]["enum"]


def test_schema_with_a_broken_pack_tells_its_errors(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "x")
    (tmp_path / "x" / "facts" / "roles.yaml").write_text("a: [", "utf-8")
    refused = remit("schema", "rule", "--pack", tmp_path / "x")
    assert (refused.exit_code, "RM201" in refused.stderr) == (1, True)


def test_the_schema_of_one_kind_is_written_alone_and_errors_are_json(tmp_path: Path) -> None:
    told = remit("schema", "accepted", "--out", tmp_path / "s")
    assert [file.name for file in (tmp_path / "s").iterdir()] == ["accepted.schema.json"]
    assert len(json.loads(told.stdout)["yaml.schemas"]) == 1
    (tmp_path / "f").write_text("mine", "utf-8")
    refused = remit("schema", "--out", tmp_path / "f", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["errors"][0]["code"]) == (5, "RM804")
    assert (tmp_path / "f").read_text("utf-8") == "mine"
