"""What a rule is: its identity, the checks it registers on kinds of input, and the hits they yield."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from orchestrator.types import Edit, Fix, Location, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.notebook import Notebook
    from orchestrator.code.python import PythonFile
    from orchestrator.code.source import SourceFile
    from orchestrator.code.sql import SqlUnit

__all__ = ["Edit", "Fix", "Hit", "Rule", "Severity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a check yields: a place, a sentence about this very code, and what differs from the rule's defaults.

    `symbol` is the enclosing function, class, task or resource: part of the fingerprint. `redact` are values that no
    report may print: the evidence shows their first characters only. `on_disk` says that the edits of `fix` are of the
    lines of the file itself: of a Jupyter notebook a check sees a text that is laid out otherwise.
    """

    location: Location
    message: str
    severity: Severity | None = None
    confidence: int = 100
    fix: Fix | None = None
    symbol: str = ""
    redact: tuple[str, ...] = ()
    on_disk: bool = False


if TYPE_CHECKING:
    PythonCheck = Callable[[PythonFile, Facts], Iterator[Hit]]
    SqlCheck = Callable[[SqlUnit, Facts], Iterator[Hit]]
    NotebookCheck = Callable[[Notebook, Facts], Iterator[Hit]]
    TextCheck = Callable[[SourceFile, Facts], Iterator[Hit]]
    BundleCheck = Callable[[Bundle, Facts], Iterator[Hit]]
    ProjectCheck = Callable[[Facts], Iterator[Hit]]

CheckT = TypeVar("CheckT", bound=Callable[..., Iterator[Hit]])


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One deterministic check, on by default only where it was seen right on real code.

    A file declares `RULE = Rule(...)` and decorates its checks with `@RULE.on_python`, `@RULE.on_sql`, ...
    The module's docstring is the rule's page and its test.
    """

    id: str
    name: str
    severity: Severity
    default: bool
    references: tuple[str, ...] = ()
    about_change: bool = False
    """Whether it tells what a change did: its findings count wherever they stand: what is gone has no line."""
    python_checks: list[PythonCheck] = field(default_factory=list)
    sql_checks: list[SqlCheck] = field(default_factory=list)
    notebook_checks: list[NotebookCheck] = field(default_factory=list)
    text_checks: list[TextCheck] = field(default_factory=list)
    bundle_checks: list[BundleCheck] = field(default_factory=list)
    project_checks: list[ProjectCheck] = field(default_factory=list)

    def on_python(self, check: CheckT) -> CheckT:
        """Run the check on every Python file and on the Python cells of every notebook."""
        self.python_checks.append(check)
        return check

    def on_sql(self, check: CheckT) -> CheckT:
        """Run the check on every SQL file, SQL cell and SQL string inside Python."""
        self.sql_checks.append(check)
        return check

    def on_notebook(self, check: CheckT) -> CheckT:
        """Run the check on every notebook, source format or Jupyter."""
        self.notebook_checks.append(check)
        return check

    def on_text(self, check: CheckT) -> CheckT:
        """Run the check on every file that was read, of whatever kind."""
        self.text_checks.append(check)
        return check

    def on_bundle(self, check: CheckT) -> CheckT:
        """Run the check once for every bundle (`databricks.yml`)."""
        self.bundle_checks.append(check)
        return check

    def on_project(self, check: CheckT) -> CheckT:
        """Run the check once, over the facts of the whole project."""
        self.project_checks.append(check)
        return check
