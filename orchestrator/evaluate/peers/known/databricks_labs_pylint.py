"""pylint with the plugin of Databricks Labs, its own checks alone."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.evaluate.peers.linter import Linter, Remark

# pylint adds 1 to its exit code for what it could not do and 32 for a usage it refused.
_BROKEN = 1 | 32
_CHECKS = (
    "missing-data-security-mode", "unsupported-runtime", "dbutils-fs-cp", "dbutils-fs-head", "dbutils-fs-ls",
    "dbutils-fs-mount", "dbutils-credentials", "dbutils-notebook-run", "pat-token-leaked", "internal-api",
    "legacy-cli", "incompatible-with-uc", "notebooks-too-many-cells", "notebooks-percent-run",
    "spark-outside-function", "use-display-instead-of-show", "no-spark-argument-in-function", "rewrite-as-for-loop",
    "explicit-dependency-required", "obscure-mock", "mock-no-assign", "mock-no-usage", "dead-code",
)  # fmt: skip


def read(printed: str) -> Iterator[Remark]:
    """The messages of `pylint --output-format=json`."""
    for entry in json.loads(printed or "[]"):
        yield Remark(
            path=str(entry["path"]),
            line=int(entry["line"]),
            end_line=int(entry["endLine"] or entry["line"]),
            rule=str(entry["symbol"]),
            message=str(entry["message"]).splitlines()[0],
            severity=str(entry["type"]),
        )


LINTER = Linter(
    name="databricks-labs-pylint",
    distribution="databricks-labs-pylint",
    settings="its 23 checks without pylint's own, as its README runs the plugin in isolation",
    command=(
        "pylint",
        "--recursive=y",
        "--output-format=json",
        "--rcfile=",
        "--persistent=n",
        "--load-plugins=databricks.labs.pylint.all",
        "--disable=all",
        f"--enable={','.join(_CHECKS)}",
    ),
    read=read,
    codes=tuple(code for code in range(32) if not code & _BROKEN),
)
