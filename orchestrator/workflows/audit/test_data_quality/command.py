"""`test-data-quality TABLE|PATH`: profiles real data, proposes checks, runs them and counts what breaks them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from orchestrator.code.contract import Contract, is_contract, parse_contract
from orchestrator.code.reading import read_project
from orchestrator.errors import UsageError
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.audit.test_data_quality.checking import Tested, tested
from orchestrator.workflows.audit.test_data_quality.subjects import opened, subjects
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection

RULES = ("DQS", "PIP", "DEL", "TST")
_EPILOG = """examples:
  orchestrate test-data-quality landing/orders.csv
  orchestrate test-data-quality landing/orders.csv --contract contracts/orders.odcs.yaml --key order_id
  orchestrate test-data-quality lake/orders --into quality                  a Delta folder; checks for four tools
  orchestrate test-data-quality retail_prod.gold.daily_sales --workspace sandbox
  orchestrate test-data-quality .                                           the checks of a project's code, by rules
"""


class TestDataQuality(Parameters):
    """What is asked for."""

    path: Path = Path()
    table: tuple[str, ...] = ()
    contract: Path | None = None
    key: tuple[str, ...] = ()
    days: int = Field(default=7, ge=1, le=365)


def _audited(asked: TestDataQuality, site: Site) -> Audited:
    named = subjects(asked.path, asked.table, site)
    contract = _contract(site.path(asked.contract)) if asked.contract else None
    found: list[Tested] = []
    for subject in named:
        with opened(subject, site) as rows:
            found.append(tested(subject, rows, contract, asked.key, site))
    return Audited(
        result=Result(
            facts=tuple(each for one in found for each in one.facts),
            observations=tuple(each for one in found for each in one.observations),
            tables=tuple(each for one in found for each in one.tables),
            gaps=tuple(each for one in found for each in one.gaps),
            notes=tuple(each for one in found for each in one.notes),
            reviewed=None if named else _reviewed(asked, site),
        ),
        files=tuple(each for one in found for each in one.files),
    )


def _contract(path: Path) -> Contract:
    """The contract in a file.

    Raises:
        UsageError: there is none.
    """
    sources = read_project(path).sources
    for source in sources:
        found = parse_contract(source) if is_contract(source) and source.path.endswith(path.name) else None
        if found is not None:
            return found
    raise UsageError(f"{str(path)!r} is no data contract: it needs `kind: DataContract` (ODCS, version 3)")


def _reviewed(asked: TestDataQuality, site: Site) -> Reviewed:
    site.progress("reviewing the checks in code")
    request = Request(path=site.path(asked.path), today=site.today, selection=Selection(select=RULES))
    return cached_review(request, use_cache=False, progress=site.progress)


COMMAND = Audit(parameters=TestDataQuality, audit=_audited, files=True, epilog=_EPILOG)
