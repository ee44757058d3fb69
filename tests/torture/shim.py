"""Faults injected through the operating system's interface: the shim compiled, and the page on which it is told what to do."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import struct
import subprocess
import sys
from enum import IntEnum, IntFlag
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
LAYOUT = struct.Struct("=qqqqiiiii204s")


class Calls(IntFlag):
    """Which calls count."""

    WRITE = 1
    SYNC = 2
    TRUNCATE = 4
    NAME = 8
    SEND = 16
    FILES = 15


class Does(IntEnum):
    """What happens at the call that is struck."""

    KILL_BEFORE = 1
    KILL_AFTER = 2
    FAIL = 3
    SHORT = 4  # half of the bytes are written, and the program is told so
    TEAR = 5  # half of the bytes are written, and the program is killed


def missing() -> str | None:
    """Why faults cannot be injected on this machine; None where they can."""
    if not sys.platform.startswith("linux"):
        return "LD_PRELOAD shims are made for Linux only"
    return None if shutil.which("gcc") else "there is no gcc to compile the shim with"


def compiled(folder: Path) -> Path:
    """The shim as a shared object."""
    built = folder / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-w", "-o", str(built), str(SOURCE), "-ldl"], check=True)
    built.chmod(0o755)
    return built


class Page:
    """The shared page; `arm` before the victim starts, `struck` tells whether it came to that."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(bytes(LAYOUT.size))
            path.chmod(0o666)
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), LAYOUT.size)

    def arm(
        self, under: Path | str, calls: Calls, at: int, does: Does,
        *, error: int = errno.EIO, sticky: bool = False, keep: bool = False,
    ) -> None:  # fmt: skip
        """Strike at the `at`th of these calls on what lies under a folder; with `sticky`, at all later ones too.

        With `keep`, a copy of each file stays beside it as it was when the disk was last waited for.
        """
        self.disarm()
        self._map[:] = LAYOUT.pack(at, 0, 0, 0, does, error, calls, sticky, keep, str(under).encode())

    def disarm(self) -> None:
        """Nothing happens any more, and what happened stays known."""
        self._map[:8] = bytes(8)

    def arm_again(self, at: int) -> None:
        """The same as before, so many calls from now."""
        self._map[:8] = at.to_bytes(8, sys.byteorder)

    @property
    def seen(self) -> int:
        """How many calls counted since it was armed."""
        return int(LAYOUT.unpack(self._map[:])[1])

    @property
    def struck(self) -> int:
        """How often it struck since it was armed."""
        return int(LAYOUT.unpack(self._map[:])[2])

    @property
    def synced(self) -> int:
        """How often a copy was kept."""
        return int(LAYOUT.unpack(self._map[:])[3])

    def environment(self, shim: Path) -> dict[str, str]:
        """For the process that is to be struck."""
        return {**os.environ, "LD_PRELOAD": str(shim), "REMIT_TORTURE_PAGE": str(self.path)}
