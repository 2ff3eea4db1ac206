"""Code from elsewhere is installed or run as it happens to be today.

What: `%pip install` or `pip install` of a repository (`git+https://...`) without a commit or tag, and a script that is
fetched and given to a shell in one line (`curl ... | bash`), in notebooks, shell scripts and CI definitions.

Why: whoever can change the branch or the page runs code with the rights of the job, tonight, without a change in this
repository. The same commit of ours also gives another result tomorrow.

Silent when: the address names a tag, a commit or a release's version; the host is internal (a name without a dot,
`.internal`, `.corp`, `.local`) or a `${...}` value; the file is a test, an example or an exploration.

Opt-in: installers of vendors (`databricks/setup-cli`, `uv`) are commonly run this way.

Source: OWASP top ten CI/CD risks, dependency chain abuse; pip documentation, VCS support.

Bad: the head of a branch::

    # file: notebooks/load.py
    # Databricks notebook source
    # MAGIC %pip install git+https://github.com/example/feature-tools

    # COMMAND ----------

    print("ready")

Bad: a branch by name, in the shell::

    # file: notebooks/load.py
    # Databricks notebook source
    # MAGIC %sh
    # MAGIC pip install git+https://github.com/example/feature-tools@main

Bad: a page given to a shell::

    # file: scripts/init.sh
    #!/bin/bash
    set -e
    curl -fsSL https://get.example.com/agent/install.sh | sudo bash

Good::

    # file: notebooks/load.py
    # Databricks notebook source
    # MAGIC %pip install git+https://github.com/example/feature-tools@v1.4.2

    # COMMAND ----------

    # MAGIC %pip install feature-tools==1.4.2
    # MAGIC %pip install https://repo.example.com/wheels/feature_tools-1.4.2-py3-none-any.whl

    # COMMAND ----------

    # MAGIC %pip install git+https://github.com/example/feature-tools@9f2c1ab47de05b6c8a31f0d2e4b7c9a1d3e5f607

Good: from the inside::

    # file: notebooks/load.py
    # Databricks notebook source
    # MAGIC %pip install git+https://git.shop.internal/data/tools

Good: checked before it runs::

    # file: scripts/init.sh
    #!/bin/bash
    curl -fsSL -o install.sh https://get.example.com/agent/install.sh
    echo "9f2c1ab47de05b6c8a31f0d2e4b7c9a1d3e5f6079f2c1ab47de05b6c8a31f0d2  install.sh" | sha256sum -c
    bash install.sh
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.source import SourceFile

RULE = Rule(
    id="SEC007",
    name="unpinned-code",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://pip.pypa.io/en/stable/topics/vcs-support/",),
)
_REPOSITORY = re.compile(
    r"\bpip3?\s+install\b[^\n]*?\bgit\+(?:https?|ssh)://(?P<host>[^/\s'\"]+)(?P<rest>/[^\s'\"#;]*)"
)
_PIPED = re.compile(r"\b(?:curl|wget)\b[^\n|]*https?://(?P<host>[^/\s'\"]+)[^\n|]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b")
_PINNED = re.compile(r"@(?:[0-9a-f]{7,40}|[\w.-]*\d+\.\d+[\w.-]*)$")
_INTERNAL = re.compile(r"^(?:[^.]+|.*\.(?:internal|corp|local|lan|intra)|.*\$\{.*)$")


@RULE.on_text
def check(source: SourceFile, facts: Facts) -> Iterator[Hit]:
    """Every such line of a file."""
    text = source.text
    if ("git+" not in text and "curl" not in text and "wget" not in text) or not facts.role(source.path).is_serious:
        return
    for number, line in enumerate(source.lines, start=1):
        found = _REPOSITORY.search(line)
        piped = _PIPED.search(line)
        if found is not None and not _INTERNAL.match(_host(found)) and not _PINNED.search(found["rest"]):
            yield _hit(source, number, line, "this repository is installed as it is when the job starts; name a commit")
        elif piped is not None and not _INTERNAL.match(_host(piped)):
            yield _hit(source, number, line, "whatever this page says then is run; keep a copy and check its hash")


def _host(found: re.Match[str]) -> str:
    """The host of an address, without a user and a port."""
    return found["host"].rpartition("@")[2].partition(":")[0]


def _hit(source: SourceFile, number: int, line: str, message: str) -> Hit:
    return Hit(location=source.location(number, number, 1, len(line) + 1), message=message)
