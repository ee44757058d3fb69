"""How tests run Spark, where Java is: in one process, or on a cluster of two workers of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ENGINE = str(Path(__file__).parents[1] / "engine")


def require_java() -> None:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java: Spark cannot run; `make test` installs one where it may")


def settings(builder: SparkSession.Builder) -> SparkSession.Builder:
    """Small, on loopback, without a page of its own."""
    from remit.replay.spark import ready

    told = {
        "spark.driver.memory": "1g", "spark.executor.memory": "500m", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4", "spark.task.maxFailures": "8", "spark.shuffle.io.retryWait": "1s", "spark.executorEnv.PYTHONPATH": ENGINE, "spark.log.level": "ERROR",
    }  # fmt: skip
    for name, value in told.items():
        builder = builder.config(name, value)
    return ready(builder)


class Cluster:
    """A master and two workers of one core each on loopback, each in a process group of its own; stopped by process id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"spark://127.0.0.1:{self._port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self._start("master", "Master", "--port", str(self._port))
            self._wait_for("master", "I have been elected leader")
            for name in ("one", "two"):
                self._start(
                    name, "Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(self._folder / name), self.url
                )
            for name in ("one", "two"):
                self._wait_for(name, "Successfully registered with master")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def _start(self, name: str, kind: str, *arguments: str) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_LOCAL_IP": "127.0.0.1",
        }
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind.lower()}.{kind}", "--host", "127.0.0.1", "--webui-port", "0", *arguments]  # fmt: skip
        with (self._folder / f"{name}.log").open("wb") as log:
            started = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, cwd=self._folder, start_new_session=True
            )
        self._processes.append(started)

    def _wait_for(self, name: str, word: str, seconds: float = 120) -> None:
        log, until = self._folder / f"{name}.log", time.monotonic() + seconds
        while word not in (told := log.read_text("utf-8", "replace")):
            if time.monotonic() > until or any(process.poll() is not None for process in self._processes):
                pytest.fail(f"Spark's {name} did not start:\n{told[-2000:]}")
            time.sleep(0.05)

    def kill_a_worker(self) -> None:
        """SIGKILL: the last of the workers, and the executor it runs."""
        os.killpg(self._processes.pop().pid, signal.SIGKILL)

    def close(self) -> None:
        """Nothing stays behind."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
