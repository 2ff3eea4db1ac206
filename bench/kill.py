"""Kills a review with a model at random moments and goes on with it: what is paid twice, and is the report the same?

    .venv/bin/python bench/kill.py --moments 50

A call is finished when its answer was written down; what was under way at the kill has to be asked again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from peers import ROOT
from rows import Bench, Row

if TYPE_CHECKING:
    from tests.workflows.graph.killing import Outcome

MOMENTS = 50
MEDIAN_SECONDS = 0.4
"""A call of 8 s, the median of the issue, twenty times faster."""


def outcomes(moments: int, seed: int = 7) -> Iterator[Outcome]:
    """What became of each kill, at moments drawn over the whole of an undisturbed run."""
    from tests.models.answers import log_normal
    from tests.models.messages_api import serving
    from tests.workflows.graph.killing import Place, killed, undisturbed
    from tests.workflows.graph.scene import finds, project

    drawn = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, serving(finds, pace=log_normal(MEDIAN_SECONDS, seed=seed)) as api:
        root = project(Path(name))
        expected, seconds = undisturbed(Place(root=root, folder=_made(Path(name), "whole"), api=api))
        for number in range(moments):
            moment = drawn.uniform(0, seconds)
            outcome = killed(Place(root=root, folder=_made(Path(name), str(number)), api=api), moment, expected)
            same = "same report" if outcome.is_same else "ANOTHER REPORT"
            at = f"{number + 1}/{moments} after {moment:.2f} of {seconds:.2f} s"
            print(f"{at}: {outcome.paid_twice} paid twice, {outcome.repeated} repeated, {same}", file=sys.stderr)
            yield outcome


def kills(bench: Bench) -> Iterator[Row]:
    """The rows: calls that were paid twice, and reports that differ, over all kills."""
    found = list(outcomes(4 if bench.sizes.runs < 5 else MOMENTS))
    at_work = sum(outcome.was_at_work for outcome in found)
    twice = sum(outcome.paid_twice for outcome in found)
    differing = sum(not outcome.is_same for outcome in found)
    repeated = sum(outcome.repeated for outcome in found)
    kills_told = f"`kill -9` at {len(found)} random moments ({at_work} before the end), then `--resume`"
    yield Row(what=f"{kills_told}: finished calls paid twice", goal="0", measured=f"{twice}", met=twice == 0)
    yield Row(what=f"{kills_told}: reports that differ", goal="0", measured=f"{differing}", met=differing == 0)
    yield Row(
        what=f"{kills_told}: calls under way that were asked again",
        goal="",
        measured=f"{repeated / max(len(found), 1):.1f} a kill of 7 calls",
        met=True,
    )


KILLS = (kills,)


def _made(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def main() -> int:
    """Kill, go on, and tell with the exit code whether nothing was paid twice and nothing differs."""
    sys.path.append(str(ROOT))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=MOMENTS)
    found = list(outcomes(parser.parse_args().moments))
    twice, differing = sum(each.paid_twice for each in found), sum(not each.is_same for each in found)
    at_work, repeated = sum(each.was_at_work for each in found), sum(each.repeated for each in found)
    print(
        f"{len(found)} kills, {at_work} before the end: {twice} finished calls paid twice, {differing} reports differ,"
    )
    print(f"{repeated} calls under way were asked again")
    return int(twice > 0 or differing > 0)


if __name__ == "__main__":
    sys.exit(main())
