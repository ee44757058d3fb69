"""The language server as an editor meets it: pygls's own client, over stdio, with a process of its own."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from editor_client import Editor, path_of, talk
from made import LIBRARY

ROOT = Path(__file__).parents[2]
BYLAWS = "policies/bylaws-2024/bylaws.md"

pytestmark = pytest.mark.xdist_group("editor")


def test_what_is_wrong_is_told_as_one_types_and_taken_back(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        whole = editor.texts[uri]
        editor.change(uri, whole.replace("must: send_reminder", "must: send_remindr"))
        (problem,) = await editor.codes(uri, "RM204")
        assert (
            problem.message
            == "unknown-action: found `send_remindr`, expected an action of facts/actions.yaml; nearest: `send_reminder`"
        )
        assert problem.severity == types.DiagnosticSeverity.Error
        assert (problem.range.start.line, problem.range.start.character, problem.range.end.character) == (7, 6, 18)
        editor.change(uri, whole)
        await editor.codes(uri)

    talk(conversation)


def test_an_error_in_the_facts_shows_where_it_does_harm_and_goes_with_the_buffer(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        facts, chapter = editor.open(library / "facts/actions.yaml"), (library / BYLAWS).as_uri()
        await editor.codes(facts)
        editor.change(facts, editor.texts[facts].replace("waive_fee", "waive_the_fee"))
        await editor.codes(chapter, "RM204")
        editor.close(facts)
        await editor.codes(chapter)

    talk(conversation)


def test_a_half_typed_file_is_one_error_and_is_completed(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        editor.change(uri, editor.texts[uri].replace("must: keep_open", "must: keep_open\nbearer: {role: bra"))
        (problem,) = await editor.codes(uri, "RM201")
        items = await editor.complete(uri, "bearer: {role: bra")
        assert items[0].label == "branch"
        edit = items[0].text_edit
        assert isinstance(edit, types.TextEdit)
        assert edit.range.end.character - edit.range.start.character == len("bra")
        assert problem.message.startswith("not-yaml")

    talk(conversation)


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({"locale": "zh-CN"}, "zh"),
        ({"locale": "en-GB"}, "en"),
        ({"locale": "fr"}, "en"),
        ({"locale": "en", "options": {"language": "zh"}}, "zh"),
        ({"locale": None}, "en"),
        ({"locale": None, "options": {"language": 7}}, "en"),
    ],
)
def test_it_speaks_the_editor_s_language_else_the_pack_s(
    library: Path, settings: dict[str, object], language: str
) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        editor.change(uri, editor.texts[uri].replace("per: subject", "per: person"))
        (problem,) = await editor.codes(uri, "RM208")
        assert problem.message.startswith(
            {"zh": "值不合规定：实为“person”", "en": "wrong-value: found `person`"}[language]
        )

    talk(conversation, **settings)


def test_names_are_shown_found_and_followed_across_rules_facts_and_features(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri, feature = editor.open(library / BYLAWS), editor.open(library / "features/library.feature")
        await editor.codes(uri)
        shown = await editor.hover(uri, "must: send_reminder", 8)
        assert "send a reminder" in shown
        assert (library / "facts/actions.yaml").as_uri() + "#L1" in shown
        assert "must — tell the guardian" in await editor.hover(feature, 'rule "a1.guardian"', 8)
        assert await editor.definition(feature, '"send a reminder"', 3) == ["actions.yaml:1:0-13"]
        assert await editor.definition(uri, "then: a3.report", 8) == ["bylaws.md:68:4-13"]
        found = await editor.references(uri, "must: send_reminder", 8)
        assert {place.split(":")[0] for place in found} == {"actions.yaml", "bylaws.md", "library.feature"}
        assert len(await editor.references(uri, "must: send_reminder", 8, declaration=False)) == len(found) - 1
        assert "`责任单位`" in await editor.hover(uri, "bearer:", 2)
        assert await editor.hover(uri, "# Bylaws", 4) == ""

    talk(conversation)


def test_a_name_is_renamed_in_open_and_closed_files_and_the_pack_still_loads(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        changed = await editor.rename(uri, "id: a1.guardian", "a1.tell", 6)
        assert {path_of(name).name for name in changed} == {"bylaws.md", "library.feature"}
        for name, text in changed.items():
            path_of(name).write_text(text, "utf-8")
        assert 'rule "a1.tell" raises nothing' in (library / "features/library.feature").read_text("utf-8")

    talk(conversation)
    from remit.pack.load import Pack

    assert "a1.tell" in Pack.load(library).rules


def test_a_rename_that_cannot_be_is_refused_with_its_reason(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        with pytest.raises(JsonRpcException, match=r"RM815: .*`waive_fee`, expected a name that no other action has"):
            await editor.rename(uri, "must: send_reminder", "waive_fee", 8)
        place = editor.after(uri, "must: send_reminder", 8)
        asked = types.PrepareRenameParams(place.text_document, place.position)
        prepared = await editor.client.text_document_prepare_rename_async(asked)
        assert isinstance(prepared, types.PrepareRenamePlaceholder)
        assert prepared.placeholder == "send_reminder"

    talk(conversation)


def test_columns_are_utf_16_also_behind_letters_beyond_the_first_plane(library: Path) -> None:
    """𠮷 is one letter and two units."""
    facts = library / "facts" / "actions.yaml"
    facts.write_text(facts.read_text("utf-8") + "𠮷_act: {label: {zh: 𠮷野行动, en: act}, alias: 𠮷的行}\n", "utf-8")
    chapter = library / BYLAWS
    chapter.write_text(chapter.read_text("utf-8").replace("must: keep_open", "note: 𠮷\nmust: 𠮷_act"), "utf-8")

    async def conversation(editor: Editor) -> None:
        uri = editor.open(chapter)
        await editor.codes(uri)
        assert await editor.definition(uri, "must: 𠮷_act", 7) == ["actions.yaml:9:0-6"]
        editor.change(
            uri,
            editor.texts[uri].replace(
                "bearer: {each: branch}\nalways: true\nindicator",
                "𠮷: x\nbearer: {each: branch, 𠮷𠮷: y}\nalways: true\nindicator",
            ),
        )
        problems = await editor.codes(uri, "RM205", "RM205")
        starts = sorted((d.range.start.line, d.range.start.character, d.range.end.character) for d in problems)
        assert [(start, end) for _, start, end in starts] == [(0, 2), (23, 27)]
        changed = await editor.rename(uri, "must: 𠮷_act", "𠮷𠮷_x", 6)
        assert "must: 𠮷𠮷_x\n" in changed[uri]
        assert "𠮷𠮷_x: {label: {zh: 𠮷野行动, en: act}, alias: 𠮷的行}" in changed[facts.as_uri()]

    talk(conversation)


def test_an_editor_may_count_in_other_units(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        assert editor.initialized.capabilities.position_encoding == "utf-8"
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        editor.change(uri, editor.texts[uri].replace("must: keep_open", "must: 𠮷_open"))
        (problem,) = await editor.codes(uri, "RM204")
        assert problem.range.end.character - problem.range.start.character == len("𠮷_open".encode())

    talk(conversation, encodings=["utf-8", "utf-16"])


def test_several_packs_are_kept_apart_and_the_inner_one_holds_its_files(library: Path, tmp_path: Path) -> None:
    inner = library / "features" / "inner"
    shutil.copytree(LIBRARY, inner)

    async def conversation(editor: Editor) -> None:
        outside, inside = editor.open(library / BYLAWS), editor.open(inner / BYLAWS)
        await editor.codes(outside)
        await editor.codes(inside)
        editor.change(inside, editor.texts[inside].replace("must: send_reminder", "must: nothing"))
        await editor.codes(inside, "RM204")
        assert editor.published[outside] == []
        changed = await editor.rename(outside, "id: a1.guardian", "a1.tell", 6)
        assert not [name for name in changed if "inner" in name]

    talk(conversation)


def test_a_file_changed_on_disk_is_read_again(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri, facts = editor.open(library / BYLAWS), library / "facts" / "actions.yaml"
        await editor.codes(uri)
        whole = facts.read_text("utf-8")
        facts.write_text(whole.replace("waive_fee", "waive_the_fee"), "utf-8")
        event = types.FileEvent(facts.as_uri(), types.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        await editor.codes(uri, "RM204")
        facts.unlink()
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        await editor.until(lambda: len(editor.published[uri]) > 1)

    talk(conversation)


def test_the_nearest_name_is_offered_as_a_quick_fix(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        editor.change(uri, editor.texts[uri].replace("must: send_reminder", "must: send_remindr"))
        problems = await editor.codes(uri, "RM204")
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), problems[0].range, types.CodeActionContext(problems)
        )
        (fix,) = await editor.client.text_document_code_action_async(asked) or []
        assert isinstance(fix, types.CodeAction)
        assert fix.edit is not None
        assert fix.edit.changes is not None
        assert fix.edit.changes[uri][0].new_text == "send_reminder"

    talk(conversation)


def test_a_file_is_formatted_as_remit_fmt_writes_it_and_a_half_typed_one_is_left_alone(library: Path) -> None:
    from remit.authoring.files import in_form

    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)

        async def formatted(text: str) -> str:
            editor.change(uri, text)
            asked = types.DocumentFormattingParams(
                types.TextDocumentIdentifier(uri), types.FormattingOptions(2, insert_spaces=True)
            )
            return applied_lines(text, await editor.client.text_document_formatting_async(asked) or [])

        untidy = (
            editor.texts[uri]
            .replace("must: keep_open\n", "must:    keep_open   \n")
            .replace("id: a1.guardian\n", "id:   'a1.guardian'\n")
        )
        assert await formatted(untidy) == in_form(untidy, library / BYLAWS) != untidy
        unfinished = untidy.rstrip("\n") + "\n\nProse without an end"
        assert await formatted(unfinished) == in_form(unfinished, library / BYLAWS)
        broken = untidy + "```rule\nid: [a\n```\n"
        assert await formatted(broken) == broken

    talk(conversation)


def applied_lines(text: str, edits: Sequence[types.TextEdit]) -> str:
    """A text with edits of whole lines made."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda e: e.range.start.line, reverse=True):
        before = "\n".join(
            [*lines[: edit.range.start.line], lines[edit.range.start.line][: edit.range.start.character]]
        )
        after = "\n".join([lines[edit.range.end.line][edit.range.end.character :], *lines[edit.range.end.line + 1 :]])
        lines = (before + edit.new_text + after).split("\n")
    return "\n".join(lines)


def test_outlines_and_symbols_are_told(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        found = await editor.client.text_document_document_symbol_async(
            types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
        )
        assert [s.name for s in found or []] == ["Bylaws"]
        symbols = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("remind"))
        assert {s.name for s in symbols or []} >= {"send_reminder", "a1.reminder", "reminder_sent"}

    talk(conversation)


def test_what_is_no_file_of_a_pack_is_left_alone(library: Path, tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        for uri in (
            "untitled:Untitled-1",
            "git:/x/facts/a.yaml?x",
            "file:///nowhere/at/all.md",
            "file:///%00/facts/x.yaml",
            "not a uri",
            "http://[",
            (tmp_path / "a.md").as_uri(),
        ):
            item = types.TextDocumentItem(uri, "markdown", 1, "> x\n")
            editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
            place = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(0, 0))
            assert await editor.client.text_document_hover_async(place) is None
            editor.close(uri)
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        assert set(editor.published) == {uri, *(u for u in editor.published if u.startswith(library.as_uri()))}

    talk(conversation)


def test_binary_huge_and_vanished_files_are_problems_and_the_server_goes_on(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        (library / "facts" / "roles.yaml").write_bytes(b"\x00\xff\xfe")
        uri = editor.open(library / BYLAWS)
        roles = (library / "facts" / "roles.yaml").as_uri()
        await editor.codes(roles, "RM101")
        editor.change(uri, "x" * 6_000_000)
        await editor.until(lambda: "RM109" in [d.code for d in editor.published[uri]])
        shutil.rmtree(library)
        editor.change(uri, "> x")
        assert await editor.hover(uri, "x", 0) == ""
        assert not editor.logged

    talk(conversation)


def test_positions_outside_the_text_and_answers_for_closed_files_are_no_fault(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        document = types.TextDocumentIdentifier(uri)
        for line, character in ((10**6, 0), (0, 10**6), (3, 10**9)):
            place = types.Position(line, character)
            await editor.client.text_document_hover_async(types.HoverParams(document, place))
            await editor.client.text_document_completion_async(types.CompletionParams(document, place))
            await editor.client.text_document_rename_async(types.RenameParams(document, place, "x"))
        elsewhere = types.TextDocumentIdentifier((library / "policies" / "bylaws-2024" / "none.md").as_uri())
        assert not await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(elsewhere))

    talk(conversation)


def test_a_message_that_is_none_is_said_and_the_server_goes_on(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        send = editor.client.protocol.writer.write
        for body in (
            b"{",
            b'{"jsonrpc": "2.0", "id": 77, "method": "textDocument/hover", "params": {"x": 1}}',
            b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": 5}',
        ):
            send(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        await editor.until(lambda: len(editor.logged) >= 3)
        assert "send a reminder" in await editor.hover(uri, "must: send_reminder", 8)

    talk(conversation)


CRASHING = """
from remit.editor import hover, packs
from remit.editor.server import serve
def crash(*_): raise RuntimeError("made to fail")
hover.Teller.tell = crash
packs.OpenPack.examine = crash
serve()
"""


def test_a_fault_of_ours_in_one_request_is_told_and_the_next_is_answered(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.until(lambda: any("RM900" in line and "made to fail" in line for line in editor.logged))
        with pytest.raises(JsonRpcException, match="made to fail"):
            await editor.hover(uri, "must: send_reminder", 8)
        assert await editor.definition(uri, "must: send_reminder", 8) == ["actions.yaml:1:0-13"]

    talk(conversation, command=[sys.executable, "-c", CRASHING])


def test_keystrokes_faster_than_the_server_end_in_what_was_typed_last(library: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(library / BYLAWS)
        await editor.codes(uri)
        whole = editor.texts[uri]
        for number in range(40):
            editor.change(uri, whole.replace("hours: 48", "hours: x" if number % 2 else f"hours: {number}"))
        await editor.codes(uri, "RM208")
        editor.change(uri, whole)
        await editor.codes(uri)
        await asyncio.sleep(0)

    talk(conversation)


def test_the_fuxin_pack_is_opened_without_a_word(tmp_path: Path) -> None:
    async def conversation(editor: Editor) -> None:
        uri = editor.open(ROOT / "policies" / "fuxin-2023-3" / "chapter-3.md")
        await editor.codes(uri)
        shown = await editor.hover(uri, "id: a6.analysis", 6)
        assert "各级反拐办每半年至少开展一次拐卖人口犯罪形势分析" in shown
        assert "第六条" in shown

    talk(conversation, locale="zh-CN")


def test_it_leaves_when_told_to_though_the_editor_holds_the_pipe_open() -> None:
    async def whole(*, shut_down: bool) -> int:
        editor = await Editor.start()
        process = editor.client._server
        assert process is not None
        if shut_down:
            await editor.client.shutdown_async(None)
        editor.client.exit(None)
        return await asyncio.wait_for(process.wait(), 60)

    assert asyncio.run(whole(shut_down=True)) == 0
    assert asyncio.run(whole(shut_down=False)) == 1
