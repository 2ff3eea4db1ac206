"""What is to be recorded of a suite, and what that would cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.evaluate.case import Case
from orchestrator.evaluate.recorded.recording import estimate
from orchestrator.evaluate.recorded.replaying import replay
from orchestrator.evaluate.recorded.settings import (
    FILE,
    FOLDER,
    CassetteSettings,
    cassettes_folder,
    dump_settings,
    read_settings,
)
from orchestrator.evaluate.recorded.subject import Subject
from orchestrator.evaluate.running import variants_of

if TYPE_CHECKING:
    from orchestrator.workflows.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What recording would come to, from few short turns to many long ones; `usd` is None without a known price."""

    reviews: int
    calls: tuple[int, int]
    tokens: tuple[int, int]
    usd: tuple[Decimal, Decimal] | None
    assumptions: tuple[str, ...] = ()


def subjects_of(cases: Iterable[Case], epochs: int) -> tuple[Subject, ...]:
    """Every variant of every case in every epoch."""
    return tuple(
        Subject.of(case.id, variant, case.variant_texts(variant), epoch=epoch)
        for case in cases
        for epoch in range(1, epochs + 1)
        for variant in variants_of(case)
    )


def settled(suite: Path, asked: CassetteSettings | None, *, is_whole: bool) -> CassetteSettings:
    """The settings to record with: those of the suite, or others where all of it is recorded anew.

    Raises:
        UsageError: there are none, or others are asked for while only a part is recorded.
        CassetteError: the settings that are there cannot be read.
    """
    known = read_settings(suite)
    wanted = asked or known
    if wanted is None:
        raise UsageError("nothing was recorded yet, so name the model with --model, such as claude-opus-5-5")
    if known is not None and wanted != known and not is_whole:
        raise UsageError(
            f"{FOLDER}/{FILE} says {known.model} with effort {known.effort}, and all recordings are of it; "
            "to change that, record the whole suite: leave out --case, --split and --stale"
        )
    return wanted


def keep_settings(suite: Path, settings: CassetteSettings) -> None:
    """Write the settings that recordings are made with."""
    from orchestrator.models.cassettes.recording import swap

    swap(cassettes_folder(suite) / FILE, dump_settings(settings))


def stale(subjects: Iterable[Subject], suite: Path, settings: CassetteSettings) -> Iterator[Subject]:
    """The subjects whose recordings do not answer what is asked today, whole."""
    for subject in subjects:
        if not replay(subject, cassettes_folder(suite), settings).is_fresh:
            yield subject


def cost(subjects: Sequence[Subject], settings: CassetteSettings) -> Cost:
    """The sum over the subjects; nothing is asked."""
    found = [estimate(subject, settings) for subject in subjects]
    prices = [each.usd for each in found if each.usd is not None]
    is_known = len(prices) == len(found)
    return Cost(
        reviews=len(found),
        calls=(sum(each.calls.low for each in found), sum(each.calls.high for each in found)),
        tokens=(sum(map(_low, found)), sum(map(_high, found))),
        usd=(sum((low for low, _ in prices), Decimal(0)), sum((high for _, high in prices), Decimal(0)))
        if is_known
        else None,
        assumptions=found[0].assumptions[1:] if found else (),
    )


def _low(each: Estimate) -> int:
    return each.input_tokens.low + each.output_tokens.low


def _high(each: Estimate) -> int:
    return each.input_tokens.high + each.output_tokens.high
