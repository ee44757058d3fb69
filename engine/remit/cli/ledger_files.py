"""`remit ledger export, import, backup, restore, prove, check-proof`: the ledger in files, and one event for a third party."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.options import Force, Json, Key, Lang, Ledger, PackOption, PublicKey
from remit.cli.session import Voice, echo, open_session, print_json, reporting, voice
from remit.model.text import many

if TYPE_CHECKING:
    from remit.cli.session import Session
    from remit.ledger.store import Store

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write here; left out: to stdout. 输出文件", show_default=False),
]
NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="A new file. 新文件", show_default=False)]
Exported = Annotated[Path, typer.Argument(metavar="FILE", help="An export. 导出文件", show_default=False)]
Saved = Annotated[Path, typer.Argument(metavar="FILE", help="A backup. 备份文件", show_default=False)]

LARGE = 2000


@contextmanager
def watching(told: Voice, what: tuple[str, str]) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for long work, where a person watches."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(told.say(*what), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total) if total > LARGE else None


def export(
    context: typer.Context, ledger: Ledger, out: Out = None, force: Force = False, key: Key = None, lang: Lang = None
) -> None:
    """The whole ledger as JSON Lines, in order, signed. It is in the open: guard it. 导出台账。"""
    with reporting(context, lang):
        from remit.cli.ledger_session import open_store

        told = voice(context)
        with open_store(ledger, key) as store:
            if out is None:
                from remit.ledger.export import export as lines

                for line in lines(store):
                    echo(line.decode())
                return
            count = export_to(store, out, told, force=force)
        echo(told.say(f"已导出 {count} 条至 {out}；其中内容未加密，请妥善保管", f"exported {many(count, 'entry', 'entries')} to {out}; their contents are in the open: guard it"))  # fmt: skip


def export_to(store: Store, out: Path, told: Voice, *, force: bool) -> int:
    """Write an export whole or not at all; how many entries it has."""
    from remit.ledger.backup import beside, free, settle, telling
    from remit.ledger.export import export as lines

    free(out, force=force)
    count = -2  # a head before, a checkpoint after
    with watching(told, ("导出", "exporting")) as step, beside(out) as room, telling(out):
        with (room / "export").open("wb") as file:
            for line in lines(store, step):
                file.write(line + b"\n")
                count += 1
        settle(room / "export", out)
    return count


def take_in(
    context: typer.Context, file: Exported, ledger: Ledger, public_key: PublicKey = None, key: Key = None,
    as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Check an export whole, then take it into a new ledger. 导入台账。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        count, where = imported(session, file, ledger, public_key, key)
        if as_json:
            print_json({"entries": count, "ledger": ledger, "key": str(where)})
        else:
            echo(
                session.say(
                    f"已导入 {count} 条，密钥 {where}", f"took in {many(count, 'entry', 'entries')}; the key is {where}"
                )
            )


def imported(session: Session, file: Path, ledger: str, public_key: str | None, key: Path | None) -> tuple[int, Path]:
    """How many entries were taken in, and where the key lies."""
    from remit.cli.ledger_session import telling_of_keys, this_moment
    from remit.engine import Engine
    from remit.errors import LedgerError
    from remit.ledger.database import Database
    from remit.ledger.open import empty_store, key_file
    from remit.ledger.reading import Export
    from remit.ledger.replay import check

    found = Export(file, known_key(public_key))
    pack_id = session.pack.vocabulary.pack_id
    if found.head.pack != pack_id:
        raise LedgerError("RM706", "another-pack", found=found.head.pack, expected=f"an export of the pack `{pack_id}`")
    count = check(found)
    with telling_of_keys(session.language):
        beside, path = key_file(ledger, key), Database.path_of(ledger)
        there = path is not None and path.exists()
        store, where = empty_store(ledger, beside if beside.exists() else key, pack_id, this_moment)
        store.close()
        try:
            with Engine(session.pack, ledger=ledger, key=where) as engine:
                engine.durable.take_in(found)
        except BaseException:
            if not there:
                unmake(ledger)
            raise
    return count, where


def unmake(ledger: str) -> None:
    """Take away the empty ledger that was made for nothing; a server's stays, empty, and its key stays."""
    from remit.ledger.database import Database

    path = Database.path_of(ledger)
    if path is not None:
        for suffix in ("", "-wal", "-shm", "-lock", "-witness"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def known_key(written: str | None) -> bytes | None:
    if written is None:
        return None
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise typer.BadParameter("is not a public key in hex", param_hint="--public-key") from None


def backup(
    context: typer.Context, file: NewFile, ledger: Ledger, force: Force = False, key: Key = None,
    as_json: Json = False, lang: Lang = None,
) -> None:  # fmt: skip
    """Copy the ledger into one file, while it is in use; the copy is verified. 备份台账。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_store, this_moment
        from remit.ledger.backup import backup as copy

        told = voice(context)
        with open_store(ledger, key) as store:
            if not store.database.is_sqlite:
                count = export_to(store, file, told, force=force)
                if as_json:
                    print_json({"file": str(file), "form": "export", "position": count})
                else:
                    echo(told.say(f"服务器上的台账以导出文件备份：{count} 条已写入 {file}（内容未加密）；用 remit ledger import 恢复", f"a server's ledger is backed up as an export: {many(count, 'entry', 'entries')} in {file}, in the open; bring it back with `remit ledger import`"))  # fmt: skip
                return
            done = copy(store, file, this_moment, force=force)
        if as_json:
            print_json({"file": str(file), "form": "sqlite", "position": done.position})
        else:
            echo(told.say(f"已备份 {done.position} 条至 {file}，并已核验。密钥不在其中，请另行保管", f"backed up {many(done.position, 'entry', 'entries')} to {file}, and verified it. The key is not in it: keep that apart"))  # fmt: skip


def restore(
    context: typer.Context, file: Saved, ledger: Ledger, force: Force = False, key: Key = None,
    as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Verify a backup and put it where the ledger was, in one step. 恢复台账。"""
    with reporting(context, lang, as_json=as_json):
        from remit.ledger.database import Database

        if Database.path_of(ledger) is None:
            session = open_session(context, pack)
            position, _ = imported(session, file, ledger, None, key)
            told: Voice = session
        else:
            from remit.cli.ledger_session import read_key, this_moment
            from remit.ledger.backup import restore as put_back

            told = voice(context)
            position = put_back(file, ledger, read_key(ledger, key), this_moment, force=force).position
        if as_json:
            print_json({"ledger": ledger, "position": position})
        else:
            echo(
                told.say(f"已恢复 {position} 条，并已核验", f"restored {many(position, 'entry', 'entries')}, verified")
            )


def prove(
    context: typer.Context,
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The id of an event. 事件编号")],
    ledger: Ledger, out: Out = None, force: Force = False, key: Key = None, lang: Lang = None,
) -> None:  # fmt: skip
    """The document that proves one event to somebody without the ledger. 出具证明。"""
    with reporting(context, lang):
        from remit.cli.ledger_session import open_store
        from remit.ledger.prove import prove as proof_of

        told = voice(context)
        with open_store(ledger, key) as store:
            proof = proof_of(store, event).as_json()
        if out is None:
            print_json(proof)
            return
        import json

        from remit.ledger.backup import beside, free, settle, telling

        free(out, force=force)
        with beside(out) as room, telling(out):
            (room / "proof").write_text(json.dumps(proof, ensure_ascii=False, indent=2) + "\n", "utf-8")
            settle(room / "proof", out)
        echo(told.say(f"证明已写入 {out}", f"the proof is in {out}"))


def check_proof(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A proof. 证明文件", show_default=False)],
    public_key: PublicKey = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Check a proof, without any ledger. 核对证明。"""
    with reporting(context, lang, as_json=as_json):
        from remit.errors import LedgerError, Origin
        from remit.ledger.checkpoint import Proof
        from remit.ledger.export import iso

        told = voice(context)
        try:
            raw = file.read_bytes()
        except OSError as failure:
            raise LedgerError("RM716", "proof-malformed", found=str(file), expected="a proof that can be read", origin=Origin(str(file)), hint=failure.strerror) from None  # fmt: skip
        proof = Proof.of_json(raw)
        event = proof.check(known_key(public_key))
        header = proof.header
        if as_json:
            print_json(
                {
                    "ok": True, "id": event.id, "case": event.case, "type": event.type, "position": header.position,
                    "recorded_at": iso(header.recorded_at), "ledger": proof.checkpoint.ledger,
                    "public_key": proof.public_key.hex(), "key_known": public_key is not None,
                }
            )  # fmt: skip
            return
        echo(told.say(f"证明成立：事件 {event.id} 是台账 {proof.checkpoint.ledger} 的第 {header.position} 条", f"the proof holds: event {event.id} is entry {header.position} of the ledger {proof.checkpoint.ledger}"))  # fmt: skip
        if public_key is None:
            echo(told.say(f"它由公钥 {proof.public_key.hex()} 签名；这是否该台账的公钥，须另行查证（--public-key）", f"it is signed with the key {proof.public_key.hex()}; whether that is the ledger's, you must know from elsewhere (--public-key)"))  # fmt: skip
