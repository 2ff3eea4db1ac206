"""Runs rules in several processes, each over its share of the files."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from orchestrator.code.facts import Facts
from orchestrator.errors import OrchestratorError
from orchestrator.rules.catalog import RulePage
from orchestrator.rules.engine import Hits, collect_hits

SMALL = 6_000
"""Lines for each process at the least: below, one process does the work as fast as two."""


def hits_in_processes(facts: Facts, pages: tuple[RulePage, ...], *, jobs: int) -> Hits:
    """The hits of the rules: the same as in one process, whatever the number of processes."""
    lines = sum(len(source.lines) for source in facts.project.sources)
    jobs = min(jobs, 1 + lines // SMALL)
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return collect_hits(facts, pages)
    _ = facts.tables  # what every process would compute is computed once, before they part
    parts = _parts(facts, pages, _shares(facts, jobs))
    return Hits(
        hits=tuple(hit for part in parts for hit in part.hits),
        ledger=tuple(entry for part in parts for entry in part.ledger),
    )


def _shares(facts: Facts, jobs: int) -> list[frozenset[str]]:
    """The files in shares of about equal length, the longest dealt first."""
    shares: list[list[str]] = [[] for _ in range(jobs)]
    weights = [0] * jobs
    for source in sorted(facts.project.sources, key=lambda source: -len(source.lines)):
        lightest = weights.index(min(weights))
        shares[lightest].append(source.path)
        weights[lightest] += len(source.lines)
    return [frozenset(share) for share in shares]


def _parts(facts: Facts, pages: tuple[RulePage, ...], shares: Sequence[frozenset[str]]) -> list[Hits]:
    context = multiprocessing.get_context("fork")
    running = []
    for share in shares[1:]:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(there, facts, pages, share), daemon=True)
        process.start()
        there.close()
        running.append((process, here))
    parts = [collect_hits(facts, pages, only=shares[0])]
    for process, here in running:
        parts.append(_received(here))
        process.join()
    return parts


def _work(there: Connection, facts: Facts, pages: tuple[RulePage, ...], share: frozenset[str]) -> None:
    # Ctrl-C reaches every process of a terminal: the parent tells it once, and ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hits = collect_hits(facts, pages, only=share, project_wide=False)
    with suppress(BrokenPipeError):
        there.send(hits)
    there.close()


def _received(here: Connection) -> Hits:
    try:
        part = here.recv()
    except EOFError as error:
        raise OrchestratorError("a process that ran rules ended before it answered; try `--jobs 1`") from error
    if not isinstance(part, Hits):
        raise OrchestratorError("a process that ran rules sent something else than hits")
    return part
