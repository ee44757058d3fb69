"""The commands with which an analyst writes: a new pack, the canonical form, schemas for the editor."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated, Literal

import typer

from remit.cli.options import Force, Json, Lang
from remit.cli.session import BAD_PACK, OK, echo, open_session, print_json, reporting, tell, voice
from remit.model.text import many

Kind = Literal[
    "pack",
    "roles",
    "actions",
    "attributes",
    "events",
    "readings",
    "places",
    "units",
    "calendar",
    "case",
    "policy",
    "rule",
    "accepted",
]


def fmt(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Packs, directories or files; left out: the pack here. 规则包、目录或文件",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where a file would change. 只检查，不写")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; show what would change. 只显示差异，不写")
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Put rules, facts and cases in one form; comments, quotes and meaning stay. 统一格式。"""
    with reporting(context, lang, as_json=as_json):
        say = voice(context).say
        from remit.authoring.files import difference, formatted
        from remit.authoring.writing import replace

        found = list(formatted(paths or [Path()]))
        changed = [file for file in found if file.changed]
        problems = [problem for file in found for problem in file.problems]
        for file in changed:
            if not check and not diff:
                replace(file.path, file.after)
            if diff and not as_json:
                echo(difference(file))
            elif not as_json:
                echo(f"{file.path}: {say('须整理', 'would change') if check else say('已整理', 'formatted')}")
        broken = sum(bool(file.problems) for file in found)
        if as_json:
            print_json({"changed": [str(f.path) for f in changed], "errors": [p.as_json() for p in problems], "warnings": []})  # fmt: skip
        else:
            tell(problems, context.obj)
            done = say("须整理", "to be formatted") if check or diff else say("已整理", "formatted")
            echo(say(f"{len(found)} 个文件：{len(changed)} 个{done}，{broken} 个有错误、原样保留", f"{many(len(found), 'file')}: {len(changed)} {done}, {broken} with errors and left as they are"))  # fmt: skip
        raise typer.Exit(BAD_PACK if problems or (check and changed) else OK)


def new(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty directory. 新目录或空目录")],
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Also into a directory that holds something; files of the same name are replaced. 目录非空也写入",
        ),
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Begin a pack: one article, one event, one unit, one scenario, all in working order. 新建规则包。"""
    with reporting(context, lang, as_json=as_json):
        say = voice(context).say
        from remit.authoring.fresh import new_pack

        files = new_pack(folder, context.obj, force=force)
        if as_json:
            print_json({"files": [str(file) for file in files]})
            return
        for file in files:
            echo(str(file))
        where = quote(str(folder))
        echo("")
        echo(say(f"""接下来：
  remit check {where}        检查，应无错误
  remit coverage {where}     每句原文的着落
  remit run {where} --now 2024-03-06    示例案件产生的义务
  remit test {where}         运行 features/ 里的场景
然后把 policies/ 里的原文换成您的文件，逐句写规则；写法见 docs/writing.md。""", f"""Next:
  remit check {where}        no error should be found
  remit coverage {where}     what became of each sentence
  remit run {where} --now 2024-03-06    the duties of the example case
  remit test {where}         the scenarios of features/
Then put your own document into policies/, and write its rules sentence by sentence; docs/writing.md says how."""))  # fmt: skip


def schema(
    context: typer.Context,
    kind: Annotated[
        Kind | None,
        typer.Argument(metavar="[KIND]", help="One kind of file; left out: all. 哪种文件", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write a file for each kind, or for KIND, and show the editor's settings. 写入目录",
            show_default=False,
        ),
    ] = None,
    pack: Annotated[
        Path | None,
        typer.Option(
            "--pack",
            metavar="PACK",
            help="With the names this pack declares, for completion. 带上规则包的名称",
            show_default=False,
        ),
    ] = None,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON it is anyway; errors, too. 错误也用 JSON")] = False,
    lang: Lang = None,
) -> None:
    """JSON Schema of a pack's YAML files, for editors; keys in Chinese and English. 供编辑器使用的 JSON Schema。"""
    with reporting(context, lang, as_json=as_json):
        from remit.authoring.schema import schemas, settings, write_schemas

        names = open_session(context, pack).pack.reader.names.spelled if pack is not None else {}
        if out is None:
            found = schemas(names)
            print_json(found[kind] if kind else found)
            return
        written = write_schemas(out, names, kind, force=force)
        say = voice(context).say
        typer.echo(say(f"已写入 {len(written)} 个文件。VS Code（YAML 扩展）的 .vscode/settings.json：", f"{many(len(written), 'file')} written. For .vscode/settings.json, with the YAML extension:"), err=True)  # fmt: skip
        print_json(settings(out.as_posix() if out.is_absolute() else f"./{out.as_posix()}", kind))
