"""Measures a review with a model against the loopback Messages server of the tests: time, input cost, and a re-review.

Answers take log-normal times with a median of 8 s, scaled down 20 times where a row says so; tokens and the cache are
counted by the API's rules, with a read at a tenth of the price. No model is asked: quality is not measured here.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from measure import BenchError, Command, run
from peers import ROOT
from rows import EXAMPLE, ORCHESTRATE, QUICK, Bench, Row

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import JsonValue

    from orchestrator.models.conversation import OpenedModel
    from orchestrator.toolbox.offered import ToolAnswer
    from orchestrator.workflows.specialist.conversation import Brief, Cohort, Conversation
    from tests.models.answers import Answer, Asked, Pace, Script
    from tests.models.cache import Usage
    from tests.models.messages_api import Paid, Served

SPECIALISTS, TURNS = 12, 3
SHARED_TOKENS = 40_000
TOOL_TEXT = "12| df = spark.table('main.sales.orders')\n" * 40
"""What a tool shows in each turn but the last: some 450 tokens."""
MEDIAN, SIGMA, SCALE = 8.0, 0.5, 20
WALL_GOAL = 1.15
COST_GOALS = {1: 0.20, 5: 0.12}
CALL_GOAL = 5
FASTER_GOAL = 10
MODEL = "claude-sonnet-5-5"


@dataclass(frozen=True, kw_only=True)
class Held:
    """Twelve conversations that were held at once: how long it took, and what the server saw."""

    seconds: float
    served: Served


def specialists_at_once(bench: Bench) -> Iterator[Row]:
    """The wall time of the conversations against the answers of the one that had most to wait for."""
    # The first client of a process loads what the later ones have.
    _held(1, None)
    ratios = []
    for seed in range(1 if bench.sizes == QUICK else bench.sizes.runs):
        pace = _pace(seed)
        held = _held(TURNS, pace)
        waited: dict[str, float] = defaultdict(float)
        for asked in held.served.asked:
            waited[_who(asked)] += pace(asked)
        ratios.append((held.seconds / max(waited.values()), held.seconds, max(waited.values())))
    ratio, seconds, longest = statistics.median_low(ratios)
    yield Row(
        what=f"{SPECIALISTS} specialists with {TURNS} turns each: wall time as a multiple of what the slowest of them "
        f"waits for the model, median of {len(ratios)} (answers of {MEDIAN:g} s at the median, {SCALE} times as quick)",
        goal=f"at most {WALL_GOAL:g}",
        measured=f"**{ratio:.2f}** ({seconds:.2f} s against {longest:.2f} s)",
        met=ratio <= WALL_GOAL,
    )


def call_overhead(_bench: Bench) -> Iterator[Row]:
    """What we do around each call to a model."""
    import calls

    context, paid, kept = anyio.run(calls.door)
    yield Row(
        what=f"added to each call to a model over {len(context.text):,} shared characters: log, budget, cache, order",
        goal=f"under {CALL_GOAL:g} ms",
        measured=f"**{paid:.1f} ms** (a kept answer: {kept:.1f} ms)",
        met=paid < CALL_GOAL,
    )


def input_cost(_bench: Bench) -> Iterator[Row]:
    """What the input of a cohort costs, in tokens of the plain price, against the same requests without a cache."""
    for turns, goal in COST_GOALS.items():
        served = _held(turns, None).served
        whole = served.usage
        shared = [_shared_cost(paid) for paid in served.paid]
        share = sum(cost for cost, _ in shared) / sum(size for _, size in shared)
        priced = _price(whole) / _price(type(whole)(input_tokens=whole.input_total))
        yield Row(
            what=f"input cost of {SHARED_TOKENS:,} tokens that {SPECIALISTS} specialists share, {turns} "
            f"turn{'s' if turns > 1 else ''}, as a part of sending them with every request",
            goal=f"at most {goal:.2f}",
            measured=f"**{share:.3f}** (roles and conversations included {whole.input_cost / whole.input_total:.3f}: "
            f"{whole.input_cost:,.0f} of {whole.input_total:,} tokens; at the prices of {MODEL} {priced:.3f})",
            met=share <= goal,
        )


def _price(usage: Usage) -> Decimal:
    """What the input of these tokens costs at the list price of the model."""
    from orchestrator.models import prices
    from orchestrator.models.conversation import Usage as Counted

    counted = Counted(input_tokens=usage.input_tokens, cache_read_tokens=usage.read, cache_write_tokens=usage.written)
    return prices.priced(MODEL).cost(counted)


def _shared_cost(paid: Paid) -> tuple[float, int]:
    """What a call paid for the tools and the shared text, in tokens of the plain price, and how many these are."""
    from tests.models.cache import tokens

    block = {name: value for name, value in paid.asked.body["system"][0].items() if name != "cache_control"}
    size = sum(tokens(each) for each in (*paid.asked.body["tools"], block))
    if paid.usage.read >= size:
        return 0.1 * size, size
    return (1.25 if paid.usage.read + paid.usage.written >= size else 1.0) * size, size


def unchanged_model_review(bench: Bench) -> Iterator[Row]:
    """The example reviewed twice by the command, with nothing changed between."""
    # At scale, since what the command itself takes does not shrink with the answers.
    scale = SCALE if bench.sizes == QUICK else 1
    with _serving(_Script(turns=TURNS), _pace(0, scale)) as served:
        settings = {"ANTHROPIC_BASE_URL": served.address, "ANTHROPIC_API_KEY": "loopback"}
        first = run(_review(bench, settings))
        paid = len(served.asked)
        second = statistics.median(run(_review(bench, settings)) for _ in range(bench.sizes.runs))
        calls = len(served.asked) - paid
    yield Row(
        what="review of examples/customer-360 with a model, whole process, again and unchanged "
        f"({TURNS} turns, answers of {MEDIAN / scale:g} s at the median)",
        goal=f"no call, at least {FASTER_GOAL} times as fast",
        measured=f"**{calls} calls, {first / second:.1f} times as fast** "
        f"({first:.2f} s with {paid} calls, then {second:.2f} s)",
        met=calls == 0 and paid > 0 and first / second >= FASTER_GOAL,
    )


def _review(bench: Bench, settings: dict[str, str]) -> Command:
    """The command on a copy of the example, so that nothing of the repository decides."""
    project = bench.folder / "example"
    if not project.exists():
        shutil.copytree(EXAMPLE, project)
    home = bench.folder / "home"
    home.mkdir(exist_ok=True)
    return Command(
        arguments=[ORCHESTRATE, "review-pipeline", project, "--model", MODEL, "--output", "json"],
        folder=bench.folder,
        output=bench.output("model-review"),
        environment={**settings, "HOME": str(home), "ORCHESTRATE_CACHE_DIR": str(bench.folder / "model-cache")},
    )


def _held(turns: int, pace: Pace | None) -> Held:
    """Twelve specialists against the loopback server, each using a tool in every turn but its last."""
    from orchestrator.models.providers import open_model

    with _serving(_Script(turns=turns), pace) as served:
        model = open_model(MODEL, {"ANTHROPIC_BASE_URL": served.address, "ANTHROPIC_API_KEY": "loopback"})
        seconds = anyio.run(_until_closed, model)
    return Held(seconds=seconds, served=served)


async def _until_closed(model: OpenedModel) -> float:
    try:
        return await _converse(model)
    finally:
        await model.close()


async def _converse(model: OpenedModel) -> float:
    """The seconds of twelve conversations that begin together.

    Raises:
        BenchError: one of them ended without an answer.
    """
    from orchestrator.models.calls import Calls, untold
    from orchestrator.workflows.specialist.conversation import converse

    cohort, briefs, calls = _cohort(), list(_briefs()), Calls(model)
    ended: list[Conversation] = []

    async def one(brief: Brief) -> None:
        ended.append(await converse(cohort, brief, calls=calls, tell=untold))

    started = time.perf_counter()
    async with anyio.create_task_group() as group:
        for brief in briefs:
            group.start_soon(one, brief)
    seconds = time.perf_counter() - started
    problems = [each.problem for each in ended if each.problem]
    if problems:
        raise BenchError(f"a conversation ended badly: {problems[0]}")
    return seconds


def _cohort() -> Cohort:
    """The shared part, of the size in question by the server's own count of four characters a token."""
    from orchestrator.models.conversation import SystemText, ToolCard
    from orchestrator.workflows.specialist.conversation import Cohort

    path: dict[str, JsonValue] = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
    card = ToolCard(name="read_file", description="Shows a file of the project.", schema=path)
    line = "12| df = spark.table('main.sales.orders').where('day = 1')  # as loaded\n"
    text = (line * (4 * SHARED_TOKENS // len(line) + 1))[: 4 * SHARED_TOKENS]
    return Cohort(model=MODEL, effort="medium", shared=SystemText(text=text, shared=True), cards=(card,))


def _briefs() -> Iterator[Brief]:
    """Twelve of the shipped specialists, each with its own role."""
    from orchestrator.loading.agent import load_agent
    from orchestrator.toolbox.offered import OfferedTool
    from orchestrator.workflows.specialist.conversation import Brief
    from orchestrator.workflows.specialist.persona import persona

    for path in sorted((ROOT / "plugins" / "databricks-engineering" / "agents").glob("*.md"))[:SPECIALISTS]:
        agent = load_agent(path)
        tool = OfferedTool(name="read_file", description="", schema={"type": "object"}, call=_shown)
        message = f"Review these files as {agent.name}; the rest of the project is context."
        role = f"{persona(agent, ['read_file'])}\n\n{_MARK}{agent.name}"
        yield Brief(name=agent.name, persona=role, message=message, tools={"read_file": tool})


_MARK = "Your name is "


async def _shown(_arguments: dict[str, JsonValue]) -> ToolAnswer:
    from orchestrator.toolbox.offered import ToolAnswer

    return ToolAnswer(text=TOOL_TEXT)


def _who(asked: Asked) -> str:
    return asked.system.rpartition(_MARK)[2]


@dataclass(frozen=True, kw_only=True)
class _Script:
    """A tool in every turn but the last, then an answer without findings."""

    turns: int

    def __call__(self, asked: Asked) -> Answer:
        """What the model says."""
        from tests.models.answers import Answer, use

        if asked.turn + 1 < self.turns:
            return Answer(blocks=[use("read_file", f"toolu_{asked.turn}", path="databricks.yml")])
        return _answered(asked)


def _answered(asked: Asked) -> Answer:
    """No findings from a specialist; the refuter keeps what it is asked about."""
    from tests.models.answers import Answer, structured

    schema = asked.body["output_config"]["format"]["schema"]["properties"]
    if "findings" in schema:
        return Answer(blocks=structured({"findings": [], "not_reviewed": []}))
    kept = {"real": "yes", "new": "not-asked", "handled": "no", "quotes": [], "reason": "as quoted", "verdict": "keep"}
    return Answer(blocks=structured(kept))


def _pace(seed: int, scale: int = SCALE) -> Pace:
    from tests.models.answers import log_normal

    return log_normal(MEDIAN / scale, sigma=SIGMA, seed=seed)


def _serving(script: Script, pace: Pace | None) -> AbstractContextManager[Served]:
    from tests.models.messages_api import serving

    return serving(script, pace=pace)


MODEL_REVIEWS = (specialists_at_once, call_overhead, input_cost, unchanged_model_review)
"""Their rows in the order of the page."""
