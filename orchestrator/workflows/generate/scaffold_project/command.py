"""`scaffold-project NAME`: copies a template with the names of the project in it."""

from __future__ import annotations

import re
from pathlib import Path

from orchestrator.content import content_folder
from orchestrator.errors import ContentError, UsageError
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.shape import Generate, Generated

_PLUGIN = "databricks-engineering"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LEFT_OUT = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", ".orchestrate", "spark-warehouse", "mlruns"})

_EPILOG = """examples:
  orchestrate scaffold-project shop-orders
  orchestrate scaffold-project churn --template mlflow-project --into models/churn
  orchestrate scaffold-project shop-orders --check full --python .venv/bin/python
"""


class ScaffoldProject(Parameters):
    """What is asked for."""

    name: str
    template: str = "bronze-silver-gold"
    into: Path | None = None
    catalog: str | None = None


def _generated(asked: ScaffoldProject, site: Site) -> Generated:
    if not _NAME.fullmatch(asked.name):
        raise UsageError(
            f"{asked.name[:60]!r} is no name for a project; write lower-case letters, digits and hyphens, at most "
            "40, a letter first, such as customer-360"
        )
    prefix = asked.catalog or asked.name.replace("-", "_")
    if not _PREFIX.fullmatch(prefix):
        raise UsageError(f"--catalog {prefix[:60]!r} is no prefix of catalogs; write such as shop_orders")
    into = site.path(asked.into or Path(asked.name))
    return Generated(
        into=into,
        files=tuple(_rendered(_template(asked.template), _words(asked.name, prefix))),
        notes=(f"made from the template {asked.template}",),
        following="fill in what the README lists, then `make test` and `orchestrate review-pipeline .` in the project",
        run_in=".",
    )


def _template(name: str) -> Path:
    folder = content_folder("plugins") / _PLUGIN / "templates" / name
    if not folder.is_dir():
        raise ContentError(f"the plugin {_PLUGIN!r} ships no template {name!r} in this installation")
    return folder


def _words(name: str, prefix: str) -> tuple[tuple[str, str], ...]:
    """The four words of a template, and what stands for each."""
    title = name.replace("-", " ")
    return (
        ("template_catalog", prefix),
        ("template_project", name.replace("-", "_")),
        ("template-project", name),
        ("Template project", title[:1].upper() + title[1:]),
    )


def _rendered(folder: Path, words: tuple[tuple[str, str], ...]) -> list[NewFile]:
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _LEFT_OUT.intersection(path.relative_to(folder).parts)
    ]
    return [
        NewFile(
            path=_replaced(path.relative_to(folder).as_posix(), words),
            text=_replaced(path.read_text(encoding="utf-8"), words),
            executable=bool(path.stat().st_mode & 0o100),
        )
        for path in files
    ]


def _replaced(text: str, words: tuple[tuple[str, str], ...]) -> str:
    for word, meant in words:
        text = text.replace(word, meant)
    return text


COMMAND = Generate(parameters=ScaffoldProject, generate=_generated, epilog=_EPILOG)
