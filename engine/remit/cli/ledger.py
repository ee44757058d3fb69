"""`remit ledger …`: is it sound, how much is in it, what changed; rebuild what follows, erase a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli import ledger_files
from remit.cli.options import Json, Key, Lang, Ledger, PackOption
from remit.cli.session import BAD_PACK, Voice, echo, print_json, reporting, voice
from remit.model.text import many

if TYPE_CHECKING:
    from remit.ledger.findings import Verification
    from remit.ledger.store import Store

ledger_app = typer.Typer(help="Tend the ledger: verify, save, erase. 台账维护。", no_args_is_help=True)


def verify(
    context: typer.Context,
    ledger: Ledger,
    incremental: Annotated[
        bool,
        typer.Option("--incremental", help="From the last signed checkpoint on. 自上次签名起"),
    ] = False,
    key: Key = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Whether anybody changed the past; what was altered is named. 核验台账。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_store

        told = voice(context)
        with open_store(ledger, key) as store:
            done = verified(store, told, incremental=incremental)
        if as_json:
            print_json(done.as_json())
        else:
            show_verification(told, done)
        raise typer.Exit(0 if done.ok else BAD_PACK)


def verified(store: Store, told: Voice, *, incremental: bool) -> Verification:
    from remit.cli.ledger_files import watching
    from remit.ledger.verify import last_sound
    from remit.ledger.verify import verify as check

    with watching(told, ("核验", "verifying")) as step:
        return check(store, last_sound(store) if incremental else None, step)


def show_verification(told: Voice, done: Verification) -> None:
    for finding in done.findings:
        echo(finding.message.of(told.language))
    since = told.say(f"（自第 {done.since} 条起）", f" (after entry {done.since})") if done.since else ""
    if done.ok:
        echo(
            told.say(
                f"核验 {done.entries} 条{since}：未被改动",
                f"{many(done.entries, 'entry', 'entries')} verified{since}: nothing was altered",
            )
        )
        if done.checkpoint is not None:
            echo(told.say(f"签名至第 {done.checkpoint.position} 条，根 {done.checkpoint.root.hex()}", f"signed up to entry {done.checkpoint.position}, root {done.checkpoint.root.hex()}"))  # fmt: skip
        if done.unsigned:
            before = done.position - done.unsigned
            now = told.say("现已签名" if done.checkpoint else "仍未签名", "signed now" if done.checkpoint else "not signed now either")  # fmt: skip
            if before:
                echo(told.say(f"此前的签名至第 {before} 条；其后 {done.unsigned} 条{now}", f"before, entry {before} was the last one signed; the {done.unsigned} after it are {now}"))  # fmt: skip
            else:
                echo(told.say(f"此前没有签名；{done.unsigned} 条{now}", f"before, none was signed; the {done.unsigned} entries are {now}"))  # fmt: skip
    else:
        echo(told.say(f"核验 {done.entries} 条{since}：发现 {len(done.findings)} 处改动", f"{many(done.entries, 'entry', 'entries')} verified{since}: {many(len(done.findings), 'alteration')} found"))  # fmt: skip


def checkpoint(
    context: typer.Context, ledger: Ledger, key: Key = None, as_json: Json = False, lang: Lang = None
) -> None:
    """Sign now: verify what came after the last signature, and sign it. 立即签名。"""
    verify(context, ledger, incremental=True, key=key, as_json=as_json, lang=lang)


def rebuild(
    context: typer.Context, ledger: Ledger, key: Key = None, as_json: Json = False, pack: PackOption = None,
    lang: Lang = None,
) -> None:  # fmt: skip
    """Drop what follows from the entries and work it out again. 重建义务。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_desk

        with open_desk(context, pack, ledger, key) as desk:
            same = desk.engine.durable.rebuild()
            say = desk.session.say
            if as_json:
                print_json({"same": same, "position": desk.store.head().position})
            else:
                echo(say("已重建，逐字节相同", "rebuilt, the same bytes") if same else say("已重建，与先前不同", "rebuilt, not what stood there before"))  # fmt: skip
        raise typer.Exit(0 if same else BAD_PACK)


def stats(context: typer.Context, ledger: Ledger, key: Key = None, as_json: Json = False, lang: Lang = None) -> None:
    """How much the ledger holds, and up to where it is signed. 台账概况。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_store
        from remit.ledger.statistics import statistics

        told = voice(context)
        with open_store(ledger, key) as store:
            found = statistics(store).as_json()
        if as_json:
            print_json(found)
            return
        for name, value in found.items():
            zh, en = COUNTS[name]
            shown = value["position"] if isinstance(value, dict) else value
            echo(f"{told.say(zh, en)}  {'—' if shown is None else shown}")


def incidents(
    context: typer.Context, ledger: Ledger, key: Key = None, as_json: Json = False, lang: Lang = None
) -> None:
    """Where the native matcher failed and the reference answered; nothing is missing. 匹配器故障。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_store
        from remit.ledger.incidents import incidents as failures

        told = voice(context)
        with open_store(ledger, key) as store:
            found = failures(store)
        if as_json:
            print_json({"incidents": [failure.as_json() for failure in found]})
            return
        for one in found:
            echo(f"{one.position:>6}  {one.backend}  {told.say('案件', 'case')} {one.case or '—'}  {one.what}")
        if not found:
            echo(told.say("没有故障", "no failures"))


COUNTS = {
    "ledger": ("台账编号", "ledger"), "pack": ("规则包", "pack"), "schema": ("表结构版本", "schema"),
    "entries": ("记录", "entries"), "events": ("事件", "events"), "cases": ("案件", "cases"),
    "obligations": ("义务", "obligations"), "open": ("未了义务", "open"), "outbox": ("发件箱", "outbox"),
    "erased": ("已删除的当事人", "people erased"), "incidents": ("匹配器故障", "failures of the matcher"), "now": ("时钟", "clock"), "checkpoint": ("签名至", "signed up to"),
    "unsigned": ("其后未签名", "not signed yet"),
    "public_key": ("公钥", "public key"), "size_bytes": ("字节数", "bytes"),
}  # fmt: skip


def erase(
    context: typer.Context, ledger: Ledger,
    cases: Annotated[list[str] | None, typer.Option("--case", metavar="C", help="The case (repeatable). 案件", show_default=False)] = None,
    subject: Annotated[str | None, typer.Option("--subject", metavar="S", help="One person of it; left out: everybody. 当事人", show_default=False)] = None,
    authority: Annotated[str | None, typer.Option("--authority", help="By which authority. 权限依据", show_default=False)] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再询问")] = False,
    key: Key = None, as_json: Json = False, pack: PackOption = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Destroy the keys of cases' people: nobody can read again what was reported of them. 删除个人数据。"""
    for given, name in ((cases, "--case"), (authority, "--authority")):
        if not given:
            raise typer.BadParameter("is needed", param_hint=name)
    if as_json and not yes:
        raise typer.BadParameter("is needed with --json", param_hint="--yes")
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_desk
        from remit.errors import EventError

        with open_desk(context, pack, ledger, key) as desk:
            named = ", ".join(cases or ())
            if not yes:
                typer.echo(warning(desk.session, named, subject), err=True)
                typer.confirm(desk.session.say("确定删除？", "Erase?"), abort=True, err=True)
            destroyed = desk.engine.durable.erase(cases or (), subject, str(authority))
            if not destroyed:
                raise EventError("RM455", "unknown-case", found=named, expected="a case, or a person of one, that is not erased yet")  # fmt: skip
            if as_json:
                print_json({"cases": cases, "subject": subject, "destroyed": destroyed, "position": desk.store.head().position})  # fmt: skip
            else:
                echo(desk.session.say(f"已销毁 {destroyed} 把密钥；更早的备份里若还有这些密钥，请一并处理", f"{destroyed} keys destroyed; backups made before still hold them: see to those too"))  # fmt: skip


def warning(told: Voice, case: str, subject: str | None) -> str:
    whom = told.say(f"案件 {case} 的当事人", f"a person of case {case}") if subject else told.say(f"案件 {case} 的全部当事人", f"everybody in case {case}")  # fmt: skip
    return told.say(
        f"将销毁{whom}的密钥：报告内容从此无人能读，由此产生的义务不再成立，无法挽回。\n保留：每条记录的编号、案件、类型、时间和哈希，以及这次删除的记录。",
        f"This destroys the keys of {whom}: what was reported can never be read again, what followed from it lapses, and nothing brings it back.\nWhat stays: id, case, type, times and hash of each entry, and that it was erased, by which authority.",
    )


def outbox(
    context: typer.Context, ledger: Ledger,
    consumer: Annotated[str | None, typer.Option("--consumer", metavar="NAME", help="After what this consumer acknowledged. 消费者", show_default=False)] = None,
    after: Annotated[int, typer.Option("--after", min=0, metavar="N", help="After this number. 自此号之后")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="So many at most. 至多")] = 1000,
    acknowledge: Annotated[int | None, typer.Option("--acknowledge", metavar="N", help="Note that the consumer has dealt with all up to N. 确认已处理至", show_default=False)] = None,
    key: Key = None, as_json: Json = False, lang: Lang = None,
) -> None:  # fmt: skip
    """What changed, in order, for other programs; each reads every change exactly once. 变更发件箱。"""
    if acknowledge is not None and not consumer:
        raise typer.BadParameter("is needed with --acknowledge", param_hint="--consumer")
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_store
        from remit.ledger import consumers

        speaking = voice(context)
        with open_store(ledger, key) as store:
            if acknowledge is not None and consumer:
                consumers.acknowledge(store, consumer, acknowledge)
            start = store.consumed(consumer) if consumer else after
            messages = () if acknowledge is not None else store.outbox(start, limit)
            told = [message.as_json() for message in messages]
            if as_json:
                print_json({"after": start, "last": store.head().outbox, "messages": told})
                return
        for message in told:
            echo("  ".join(str(message[name]) for name in ("number", "now", "what", "rule", "bearer", "status") if message[name]))  # fmt: skip
        if not told:
            echo(speaking.say(f"已处理至第 {start} 号", f"dealt with up to number {start}"))


for name, command in (
    ("verify", verify), ("checkpoint", checkpoint), ("rebuild", rebuild), ("stats", stats), ("incidents", incidents), ("export", ledger_files.export),
    ("import", ledger_files.take_in), ("backup", ledger_files.backup), ("restore", ledger_files.restore),
    ("erase", erase), ("prove", ledger_files.prove), ("check-proof", ledger_files.check_proof), ("outbox", outbox),
):  # fmt: skip
    ledger_app.command(name)(command)
