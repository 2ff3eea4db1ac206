"""Lane 0: are the cases, the recordings and the scorer what they should be? No statistics, and no opinion."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from orchestrator.code.secrets import find_secrets
from orchestrator.evaluate.gate.selftest import self_test
from orchestrator.evaluate.gate.verdicts import Lane, Verdict
from orchestrator.evaluate.invariants import refusals
from orchestrator.evaluate.recorded.settings import FOLDER, cassettes_folder
from orchestrator.evaluate.suite import Refusal, Suite

NAME = "integrity"
_MOST_BYTES = 64 * 1024 * 1024
_LEFTOVERS = frozenset({"__pycache__", ".ipynb_checkpoints"})


def integrity_lane(suite: Suite, *, others: Sequence[Refusal] = ()) -> Lane:
    """The lane's word on a suite; `others` are what is known already, of its lock and of replays."""
    wrong = [*refusals(suite), *others, *secrets(suite.folder), *cassette_flaws(suite)]
    reasons = [str(each) for each in sorted(wrong)]
    if not suite.refusals:
        reasons += self_test(suite.cases)
    families = {case.family for case in suite.cases}
    taped = sum(1 for _ in cassettes_folder(suite.folder).glob("*/*/e*.meta.yaml"))
    notes = (f"{len(suite.cases)} cases in {len(families)} families, {taped} recordings",)
    verdict = Verdict.INTEGRITY if reasons else Verdict.PASSED
    return Lane(name=NAME, verdict=verdict, reasons=tuple(reasons), notes=notes)


def cassette_flaws(suite: Suite) -> Iterator[Refusal]:
    """What is wrong with the recordings of a suite, without a replay: for `eval audit` too; needs the extra
    `cassettes` where there are any."""
    folder = cassettes_folder(suite.folder)
    if not any(folder.glob("*/*/*.yaml")):
        return
    from orchestrator.models.cassettes.audit import flaws

    for flaw in flaws(folder):
        if flaw.path.count("/") == 2:
            yield Refusal(file=f"{FOLDER}/{flaw.path}", reason=flaw.sentence)
    yield from _strangers(folder, suite)


def secrets(folder: Path) -> Iterator[Refusal]:
    """Credentials of known forms anywhere in the folder; their text is not repeated."""
    for path in _files(folder):
        if path.stat().st_size > _MOST_BYTES:
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        for kind in sorted({secret.kind for secret in find_secrets(text)}):
            yield Refusal(file=path.relative_to(folder).as_posix(), reason=f"holds {kind}; take it out")


def _strangers(folder: Path, suite: Suite) -> Iterator[Refusal]:
    """Recordings of cases that are not there."""
    from orchestrator.evaluate.recorded.subject import TWIN
    from orchestrator.models.cassettes.slots import folder_name

    known = {folder_name(name) for case in suite.cases for name in (case.id, f"{case.id}--{TWIN}")}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in known:
            yield Refusal(file=f"{FOLDER}/{path.name}", reason="is of no case of the suite; remove it")


def _files(folder: Path) -> Iterable[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - _LEFTOVERS)
        for name in sorted(names):
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                yield path
