"""How tests run Spark, where Java is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

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
        "spark.driver.memory": "1g", "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4", "spark.executorEnv.PYTHONPATH": ENGINE, "spark.log.level": "ERROR",
    }  # fmt: skip
    for name, value in told.items():
        builder = builder.config(name, value)
    return ready(builder)
