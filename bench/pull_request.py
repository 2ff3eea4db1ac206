"""Measures the review of a pull request by rules: from the event to the folder to post, GitHub on the loopback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace

from measure import Command, median
from rows import Bench, Row

CHANGED = 100
GOAL = 5.0


def pull_request(bench: Bench) -> Iterator[Row]:
    """The whole process, with a first look at every file; comments with suggestions are proven."""
    from tests.github.loopback import planted, serving
    from tests.github.loopback.planting import git

    corpus = bench.project
    base = {file.relative_to(corpus).as_posix(): file.read_text("utf-8") for file in sorted(corpus.rglob("*.py"))}
    # Every changed file has its code twice, so that half of its findings are on lines of the pull request.
    head = {path: f"{text}\n\n{text}" for path, text in list(base.items())[:CHANGED]}
    repository = planted(bench.folder / "pull", base=base, head=head)
    git(repository.folder, "checkout", "--quiet", "feature")
    with serving(repository) as github:
        words = ("review-pr", repository.folder, "--repo", repository.name, "--pull", "1", "--fail-on", "never")
        environment = {"GITHUB_TOKEN": github.token(), "GITHUB_API_URL": github.address}
        before = _processor()
        seconds = median(_command(bench, words, environment), runs=bench.sizes.runs)
        processor = (_processor() - before) / (bench.sizes.runs + 1)
        asked = len(github.requests) // (bench.sizes.runs + 1)
    told = json.loads((bench.folder / "out" / "pull-review.json").read_text("utf-8"))
    suggested = sum(comment["suggestion"] is not None for comment in told["comments"])
    found = f"{told['findings']:,} findings, {len(told['comments'])} comments, {suggested} suggestions"
    yield Row(
        what=f"`review-pr` of {len(head)} changed files among {len(base)}, by rules, whole process, no cache",
        goal=f"under {GOAL:g} s",
        measured=f"**{seconds:.2f} s** ({processor:.2f} s of processors; {found}, {asked} requests)",
        met=seconds < GOAL,
    )


def _processor() -> float:
    """The processor seconds of all processes that were started and have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


def _command(bench: Bench, words: tuple[object, ...], environment: dict[str, str]) -> Command:
    command = bench.orchestrate(*(str(word) for word in words), "--out", bench.folder / "out", output="pull")
    return replace(command, environment={**command.environment, **environment})


PULL_REQUESTS = (pull_request,)
