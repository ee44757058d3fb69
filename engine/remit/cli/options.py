"""The options and arguments the commands share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Language = Literal["zh", "en"]
Form = Literal["text", "json", "svg"]
Matching = Literal["auto", "durable", "durable-inline", "reference"]

PackArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="PACK",
        help="A pack's directory; left out: this directory, else the shipped pack. 规则包目录",
        show_default=False,
    ),
]
PackOption = Annotated[
    Path | None, typer.Option("--pack", metavar="PACK", help="A pack's directory. 规则包目录", show_default=False)
]
Cases = Annotated[
    list[Path] | None,
    typer.Option(
        "--case",
        metavar="FILE",
        help="Case file (repeatable); left out: the pack's examples. 案件文件",
        show_default=False,
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="T",
        help="At which moment, e.g. 2024-05-07T08:00; left out: this moment. 时刻",
        show_default=False,
    ),
]
Unit = Annotated[str | None, typer.Option("--unit", help="One unit, by id or name. 单位", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[
    Language | None, typer.Option("--lang", help="zh or en; left out: the pack's own. 语言", show_default=False)
]
Format = Annotated[Form, typer.Option("--format", help="text, json or svg. 形式")]
Backend = Annotated[Matching, typer.Option("--backend", help="auto, durable, durable-inline or reference. 匹配后端")]
