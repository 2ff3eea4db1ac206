"""The refuter's word on one finding: it must quote the code to keep or to refute, and silence withholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from orchestrator.code.secrets import masked
from orchestrator.code.visible import visible
from orchestrator.content import content_folder
from orchestrator.loading.agent import load_agent
from orchestrator.models.conversation import Effort, SystemText, ToolCard
from orchestrator.toolbox.project.files import ProjectFiles
from orchestrator.toolbox.project.list_files import list_files
from orchestrator.toolbox.project.read_file import read_file
from orchestrator.toolbox.project.search_code import search_code
from orchestrator.workflows.addressed import addressed, speaks
from orchestrator.workflows.naming import Named, named
from orchestrator.workflows.quotes import place_of
from orchestrator.workflows.refuter.case import case_of
from orchestrator.workflows.refuter.effect import bare, takes_effect
from orchestrator.workflows.refuter.prose import unnamed_path
from orchestrator.workflows.refuter.schema import Quote, Verdict, read_verdict, unusable, verdict_schema
from orchestrator.workflows.specialist.conversation import Brief, Cohort, converse

if TYPE_CHECKING:
    from orchestrator.code.source import SourceFile
    from orchestrator.events import Tell
    from orchestrator.models.calls import Calls
    from orchestrator.toolbox.offered import OfferedTool
    from orchestrator.types import Change, Finding

Word = Literal["kept", "refuted", "undecided", "not-asked"]
NAME = "refuter"
TOOLS = ("read_file", "search_code", "list_files")
MAX_TURNS = 5
MAX_REASON = 600
_UNTRUSTED = "the refuter's word is not trusted here, because what it read speaks to reviewers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The word on a finding: `kept` may block, `refuted` and `undecided` are withheld, `not-asked` is unverified.

    `problem` says why the refuter could give no word of its own: the review is then incomplete.
    """

    finding: str
    word: Word
    reason: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a run's judgements share: the refuter's cohort and tools, the code, and which files address a reviewer."""

    cohort: Cohort
    tools: Mapping[str, OfferedTool]
    sources: Named
    change: Change | None = None
    addressed: frozenset[str] = frozenset()


def bench_of(
    model: str,
    effort: Effort,
    tools: Sequence[OfferedTool],
    sources: Mapping[str, SourceFile],
    *,
    change: Change | None = None,
) -> Bench:
    """The bench with the refuter's own prompt; of the tools it takes those that read the project, in a fixed order.

    Raises:
        ContentError: the refuter's file cannot be used.
    """
    agent = load_agent(content_folder("agents") / f"{NAME}.md")
    by_name = {tool.name: tool for tool in tools}
    taken = [by_name[name] for name in TOOLS if name in by_name]
    cohort = Cohort(
        model=model,
        effort=effort,
        shared=SystemText(text=agent.prompt, shared=True),
        cards=tuple(
            ToolCard(name=tool.name, description=tool.description, schema=tool.schema, strict=tool.strict)
            for tool in taken
        ),
        max_turns=MAX_TURNS,
        schema=verdict_schema(),
        part=NAME,
        unusable=unusable,
    )
    mine = {tool.name: tool for tool in taken}
    speaking = frozenset(place.path for place in addressed(sources.values()))
    return Bench(cohort=cohort, tools=mine, sources=_named(sources), change=change, addressed=speaking)


def tools_over(sources: Iterable[SourceFile], others: frozenset[str]) -> tuple[OfferedTool, ...]:
    """The tools of the refuter: those that read the project, over its files without comments, prose and sentences.

    Text that gives orders to a reviewer stands there for the most part, and the refuter's word removes findings.
    """
    shown = tuple(replace(bare(source), path=unnamed_path(source.path)) for source in sources)
    files = ProjectFiles(sources=shown, others=frozenset(map(unnamed_path, others)))
    return read_file(files), search_code(files), list_files(files)


def _named(sources: Mapping[str, SourceFile]) -> Named:
    """The files by every name that the refuter can have for them, a mark in place of a sentence too."""
    found = dict(named(sources))
    for path, source in sources.items():
        shown = unnamed_path(path)
        if shown != path:
            found[shown] = (*found.get(shown, ()), source)
    return found


async def judge(finding: Finding, bench: Bench, *, calls: Calls, tell: Tell) -> Judgement:
    """The word on a finding; whatever goes wrong, or is not proved by lines of the code, is `undecided`.

    Where the finding, its file or anything that the refuter read speaks to reviewers, nothing is withheld by its word:
    the finding stays unverified, and is shown.
    """
    source = next(iter(bench.sources.get(finding.location.path, ())), None)
    if source is None:
        return Judgement(finding=finding.id, word="undecided", reason="its file is not at hand")
    message = case_of(finding, bare(source), bench.change)
    brief = Brief(name=f"{NAME} {finding.id}", persona="", message=message, tools=bench.tools)
    ended = await converse(bench.cohort, brief, calls=calls, tell=tell)
    verdict = read_verdict(ended.text) if ended.problem is None else None
    if verdict is None:
        problem = ended.problem or "its answer cannot be read"
        return Judgement(finding=finding.id, word="undecided", reason=f"no judgement: {problem}", problem=problem)
    word, reason = weighed(verdict, bench)
    is_addressed = finding.location.path in bench.addressed or ended.addressed or speaks(finding.message)
    if word != "kept" and is_addressed:
        word, reason = "not-asked", f"{_UNTRUSTED}; it said: {reason}"
    return Judgement(finding=finding.id, word=word, reason=visible(masked(" ".join(reason.split())))[:MAX_REASON])


def weighed(verdict: Verdict, bench: Bench) -> tuple[Word, str]:
    """What a verdict counts for, once its quotes were held against the code and its answers against each other."""
    if verdict.verdict == "undecided":
        return "undecided", verdict.reason
    standing = [quote for quote in verdict.quotes if _place(quote, bench) is not None]
    if not standing:
        return "undecided", "it quotes no line that stands in the code"
    if verdict.verdict == "keep":
        return _kept(verdict, bench)
    return _refuted(verdict, standing, bench)


def _kept(verdict: Verdict, bench: Bench) -> tuple[Word, str]:
    is_new = verdict.new == "yes" if bench.change is not None else verdict.new in {"yes", "not-asked"}
    if verdict.real != "yes" or verdict.handled != "no" or not is_new:
        return "undecided", f"it would keep the finding and contradicts itself: {verdict.reason}"
    return "kept", verdict.reason


def _refuted(verdict: Verdict, standing: Sequence[Quote], bench: Bench) -> tuple[Word, str]:
    is_old = bench.change is not None and verdict.new == "no"
    if verdict.real != "no" and verdict.handled != "yes" and not is_old:
        return "undecided", f"it would refute the finding and contradicts itself: {verdict.reason}"
    if any(_proves(quote, bench) for quote in standing):
        return "refuted", verdict.reason
    return "undecided", "the lines that it quotes take no effect, or stand in a file that speaks to its reviewers"


def _place(quote: Quote, bench: Bench) -> tuple[SourceFile, int, int] | None:
    """The file and the lines at which a quote stands, as it is on disk or as the refuter was shown it."""
    for source in bench.sources.get(quote.path.removeprefix("./"), ()):
        for form in (source, bare(source)):
            place = place_of(quote.quote, form, quote.start_line, quote.end_line)
            if place is not None:
                return source, place.start_line, place.end_line
    return None


def _proves(quote: Quote, bench: Bench) -> bool:
    found = _place(quote, bench)
    if found is None:
        return False
    source, start, end = found
    return source.path not in bench.addressed and takes_effect(quote.quote, source, start, end)
