"""What a run needs while it runs: the door to the model, the tools and the kept answers, closed at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.content import content_folder
from orchestrator.events import Warned
from orchestrator.loading.skill import FILE_NAME, SkillSpec, load_skill
from orchestrator.models.budget import Budget, SpendingLimits
from orchestrator.models.calls import Calls
from orchestrator.models.ledger import Ledger
from orchestrator.toolbox.project.files import ProjectFiles
from orchestrator.toolbox.toolbox import Toolbox
from orchestrator.workflows.cache import cache_folder
from orchestrator.workflows.runs.spending import spending_of
from orchestrator.workflows.runs.summary import events_of
from orchestrator.workflows.specialist.kept import KeptAnswers

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.code.reading import Files
    from orchestrator.events import Tell
    from orchestrator.models.conversation import Model
    from orchestrator.toolbox.settings import ToolSettings
    from orchestrator.workflows.graph.settings import ModelSettings
    from orchestrator.workflows.runs.folder import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The calls, the tools and the kept answers of one run; no answers where none are to be reused."""

    calls: Calls
    toolbox: Toolbox
    kept: KeptAnswers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where and for what the surroundings are opened; without `shared` nothing of other runs is used, or left."""

    run: Run
    files: Files
    settings: ModelSettings
    tools: ToolSettings
    shared: bool


@asynccontextmanager
async def opened(site: Site, model: Model, tell: Tell) -> AsyncIterator[Surroundings]:
    """The surroundings of a run, for its time."""
    folder = site.run.folder
    if site.shared:
        folder = cache_folder() or folder

    def note(sentence: str) -> None:
        tell(Warned(text=sentence))

    async with AsyncExitStack() as stack:
        ledger = stack.enter_context(closing(Ledger(folder, note=note)))
        kept = stack.enter_context(closing(KeptAnswers(folder, note=note)))
        toolbox = toolbox_of(site, tell)
        calls = Calls(
            model,
            ledger=ledger,
            budget=Budget(limits_of(site.settings), spent=_spent(site.run)),
            tell=tell,
        )
        yield Surroundings(calls=calls, toolbox=await stack.enter_async_context(toolbox), kept=kept)


def toolbox_of(site: Site, tell: Tell) -> Toolbox:
    """The tools of a run; no server is started before a tool of it is called."""
    files = ProjectFiles(sources=site.files.sources, others=site.files.others)
    return Toolbox(files, skills=every_skill(), settings=site.tools, tell=tell)


def limits_of(settings: ModelSettings) -> SpendingLimits:
    """The limits of a run."""
    usd = None if settings.max_usd is None else Decimal(str(settings.max_usd))
    return SpendingLimits(usd=usd, tokens=settings.max_tokens, seconds=settings.deadline)


def _spent(run: Run) -> tuple[Decimal, int]:
    """What the run has paid so far: a resumed run has one limit for all its processes."""
    spending = spending_of(events_of(run))
    cached = spending.cache_read_tokens + spending.cache_write_tokens
    return Decimal(str(spending.usd or 0)), spending.input_tokens + spending.output_tokens + cached


def every_skill() -> tuple[SkillSpec, ...]:
    """The runtime's own skills and those of the plugins.

    Raises:
        ContentError: a skill's file cannot be used.
    """
    own = [load_skill(path.parent) for path in _skill_files(content_folder("skills"))]
    plugins = sorted(content_folder("plugins").glob("*/skills"))
    return (*own, *(load_skill(path.parent, folder.parent.name) for folder in plugins for path in _skill_files(folder)))


def _skill_files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{FILE_NAME}"))
