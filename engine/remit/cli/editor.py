"""The command an editor runs: the language server."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli.options import Lang
from remit.cli.session import reporting


def lsp(
    context: typer.Context,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Speak over stdin and stdout, which is what it does. 标准输入输出")
    ] = True,
    lang: Lang = None,
) -> None:
    """The language server, for an editor to run. 供编辑器使用的语言服务。"""
    del stdio  # editors say it to every server
    with reporting(context, lang):
        from importlib.util import find_spec

        from remit.errors import EditorError

        if find_spec("pygls") is None:
            raise EditorError("RM810", "library-missing", found="pygls", expected="the language server's library", hint='pip install "remit[workbench]"')  # fmt: skip
        from remit.editor.server import serve

        serve(context.obj or "")
