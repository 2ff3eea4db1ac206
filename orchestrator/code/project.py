"""What is reviewed: every file of a project, parsed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.code.notebook import Notebook, parse_notebook
from orchestrator.code.python import PythonFile, parse_python
from orchestrator.code.reading import Files
from orchestrator.code.source import SourceFile
from orchestrator.types import Coverage, Status

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.contract import Contract
    from orchestrator.code.jupyter import CellOutput
    from orchestrator.code.sql import SqlUnit
    from orchestrator.code.workflow import CiWorkflow

KEPT_LINES = 60_000
"""Lines of Python whose syntax trees are kept at once: about 115 MiB (measured: 1.9 KiB a line)."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """The parsed project; `ledger` says what was not read or not parsed."""

    root: Path
    sources: tuple[SourceFile, ...]
    python: tuple[PythonFile, ...] = ()
    notebooks: tuple[Notebook, ...] = ()
    sql: tuple[SqlUnit, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    contracts: tuple[Contract, ...] = ()
    workflows: tuple[CiWorkflow, ...] = ()
    outputs: Mapping[str, tuple[CellOutput, ...]] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    context_only: frozenset[str] = frozenset()
    ledger: tuple[Coverage, ...] = ()

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every path that exists in the project, read or not."""
        return frozenset(source.path for source in self.sources) | self.others

    @cached_property
    def by_path(self) -> dict[str, SourceFile]:
        """The sources by path."""
        return {source.path: source for source in self.sources}

    @cached_property
    def python_by_path(self) -> dict[str, PythonFile]:
        """The Python files and notebooks by path."""
        return {file.path: file for file in self.python}

    def sql_units_of(self, path: str) -> Iterator[SqlUnit]:
        """The SQL units of one file: its text, its cells, the strings in its Python."""
        yield from (unit for unit in self.sql if unit.path == path)
        file = self.python_by_path.get(path)
        if file is not None:
            yield from file.sql_units.values()

    def sql_units(self) -> Iterator[tuple[SqlUnit, PythonFile | None]]:
        """Every SQL unit of the project; the Python file where the SQL stands inside Python."""
        for unit in self.sql:
            yield unit, None
        for file in self.python:
            for unit in file.sql_units.values():
                yield unit, file


@dataclass
class _Parsed:
    python: list[PythonFile] = field(default_factory=list)
    notebooks: list[Notebook] = field(default_factory=list)
    sql: list[SqlUnit] = field(default_factory=list)
    ledger: list[Coverage] = field(default_factory=list)
    is_large: bool = False
    """Whether all syntax trees at once would take too much memory: then each is made when it is needed."""


def parse_project(files: Files) -> Project:
    """The project of what was read; a file that does not parse is an entry of the ledger."""
    python_lines = sum(len(source.lines) for source in files.sources if source.path.endswith((".py", ".ipynb")))
    parsed = _Parsed(is_large=python_lines > KEPT_LINES)
    for source in files.sources:
        _parse_one(source, parsed)
    yaml_sources = {source.path: source for source in files.sources if source.path.endswith((".yml", ".yaml"))}
    paths = frozenset(source.path for source in files.sources) | files.others
    bundles, bundle_ledger = _bundles(yaml_sources, paths)
    contracts, workflows, yaml_ledger = _other_yaml(yaml_sources)
    return Project(
        root=files.root,
        sources=files.sources,
        python=tuple(parsed.python),
        notebooks=tuple(parsed.notebooks),
        sql=tuple(parsed.sql),
        bundles=bundles,
        contracts=contracts,
        workflows=workflows,
        outputs=files.outputs,
        others=files.others,
        context_only=files.context_only,
        ledger=(*files.ledger, *parsed.ledger, *bundle_ledger, *yaml_ledger),
    )


def _parse_one(source: SourceFile, parsed: _Parsed) -> None:
    notebook = parse_notebook(source) if source.path.endswith((".py", ".sql", ".ipynb")) else None
    if notebook is not None:
        source = notebook.source
        parsed.notebooks.append(notebook)
        _parse_cells(notebook, parsed)
    if source.path.endswith(".py") or (notebook is not None and any(c.language == "python" for c in notebook.cells)):
        _parse_python(source, notebook, parsed)
    elif source.path.endswith(".sql") and notebook is None:
        _parse_sql(source, parsed)
    elif notebook is None or notebook.language in {"sql", "python"}:
        parsed.ledger.append(_entry(source, Status.FULL))
    else:
        parsed.ledger.append(_entry(source, Status.SKIPPED, f"language {notebook.language} is not reviewed"))


def _entry(source: SourceFile, status: Status, reason: str = "", *, incomplete: bool = False) -> Coverage:
    return Coverage(path=source.path, status=status, reason=reason, lines=len(source.lines), incomplete=incomplete)


def _parse_cells(notebook: Notebook, parsed: _Parsed) -> None:
    from orchestrator.code.sql import cell_unit

    parsed.sql.extend(
        cell_unit(notebook.source, cell.text, cell.body_first_line)
        for cell in notebook.cells
        if cell.language == "sql" and cell.text.strip()
    )


def _parse_python(source: SourceFile, notebook: Notebook | None, parsed: _Parsed) -> None:
    file = parse_python(source, notebook)
    if isinstance(file, str):
        parsed.ledger.append(_entry(source, Status.SKIPPED, file, incomplete=True))
        return
    parsed.python.append(file)
    if parsed.is_large:
        file.release()
    if file.problem is not None:
        parsed.ledger.append(_entry(source, Status.PARTIAL, file.problem, incomplete=True))
    else:
        parsed.ledger.append(_entry(source, Status.FULL))


def _parse_sql(source: SourceFile, parsed: _Parsed) -> None:
    from orchestrator.code.sql import is_tsql, sql_file_units

    if is_tsql(source.text):
        parsed.ledger.append(_entry(source, Status.SKIPPED, "T-SQL, which is not reviewed"))
        return
    units = sql_file_units(source)
    problem = next((unit.unparsed for unit in units if unit.unparsed), None)
    parsed.sql.extend(units)
    if problem is None:
        parsed.ledger.append(_entry(source, Status.FULL))
    else:
        parsed.ledger.append(_entry(source, Status.PARTIAL, problem, incomplete=True))


def _bundles(sources: dict[str, SourceFile], paths: frozenset[str]) -> tuple[tuple[Bundle, ...], tuple[Coverage, ...]]:
    if not sources:
        return (), ()
    from orchestrator.code.bundle import load_bundles

    return load_bundles(sources, set(paths))


def _other_yaml(
    sources: dict[str, SourceFile],
) -> tuple[tuple[Contract, ...], tuple[CiWorkflow, ...], tuple[Coverage, ...]]:
    """The contracts and the CI workflows, and an entry for each that should be one and does not parse."""
    if not sources:
        return (), (), ()
    from orchestrator.code.contract import parse_contract
    from orchestrator.code.workflow import ci_kind, parse_workflow
    from orchestrator.code.yaml import parse_yaml

    contracts = [contract for source in sources.values() if (contract := parse_contract(source)) is not None]
    workflows = [workflow for source in sources.values() if (workflow := parse_workflow(source)) is not None]
    understood = {contract.source.path for contract in contracts} | {workflow.source.path for workflow in workflows}
    ledger = [
        _entry(source, Status.PARTIAL, problem, incomplete=True)
        for source in sources.values()
        if source.path not in understood
        and (ci_kind(source.path) or "kind: DataContract" in source.text)
        and (problem := parse_yaml(source).problem) is not None
    ]
    return tuple(contracts), tuple(workflows), tuple(ledger)
