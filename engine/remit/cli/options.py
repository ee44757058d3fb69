"""The options and arguments the commands share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Language = Literal["zh", "en"]
Form = Literal["text", "json", "svg"]
Matching = Literal["auto", "durable", "durable-inline", "compiled", "reference"]

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
Backend = Annotated[
    Matching, typer.Option("--backend", help="auto, durable, durable-inline, compiled or reference. 匹配后端")
]

Ledger = Annotated[
    str,
    typer.Option(
        "--ledger",
        envvar="REMIT_LEDGER",
        metavar="URL",
        help="sqlite:///FILE, postgresql://…, or a file. 台账地址",
        show_default=False,
    ),
]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        envvar="REMIT_KEY",
        metavar="FILE",
        help="The ledger's key; left out, for SQLite: the file beside it. 密钥文件",
        show_default=False,
    ),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="T", help="When it was done; left out: this moment. 时刻", show_default=False),
]
By = Annotated[str | None, typer.Option("--by", metavar="UNIT", help="Who does it. 由谁", show_default=False)]
Reason = Annotated[str | None, typer.Option("--reason", help="Why. 理由", show_default=False)]
Authority = Annotated[str | None, typer.Option("--authority", help="By which authority. 权限依据", show_default=False)]
InCase = Annotated[str | None, typer.Option("--case", metavar="C", help="The case. 案件", show_default=False)]
Future = Annotated[bool, typer.Option("--future", help="Also what lies more than 366 days ahead. 允许远期时刻")]
Force = Annotated[bool, typer.Option("--force", help="Write over what is there. 覆盖")]
PublicKey = Annotated[
    str | None,
    typer.Option(
        "--public-key", metavar="HEX", help="The ledger's public key as known from elsewhere. 公钥", show_default=False
    ),
]
