"""The terms on which a model version is judged: a metric, thresholds, and the version it must not fall behind."""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Iterable

from pydantic import Field, ValidationError

from orchestrator.errors import UsageError
from orchestrator.workspace.records import Record

NOBODY = "none"
"""In place of an alias: the version is judged alone."""
_THRESHOLD = re.compile(r"\s*([\w./ :-]{1,250}?)\s*(>=|<=|>|<)\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*")
_HOLDS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_LOWER = frozenset({
    "loss", "logloss", "error", "rmse", "mse", "mae", "mape", "smape", "wape", "msle", "rmsle", "deviance", "brier",
    "perplexity", "fpr", "fnr", "ece",
})  # fmt: skip
_WORDS = re.compile(r"[^a-z0-9]+")


class Threshold(Record):
    """A bound that a metric must keep."""

    metric: str = Field(min_length=1, max_length=250)
    sign: str = Field(pattern=r"^[<>]=?$")
    value: float = Field(allow_inf_nan=False)

    def __str__(self) -> str:
        """As it is written: `auc>=0.8`."""
        return f"{self.metric}{self.sign}{self.value:g}"

    def holds(self, value: float) -> bool:
        """Whether a value keeps it."""
        return bool(_HOLDS[self.sign](value, self.value))


class Terms(Record):
    """What is asked of a version."""

    metric: str | None = Field(default=None, max_length=250)
    """the metric that is compared with the other version's"""
    lower_is_better: bool = False
    thresholds: tuple[Threshold, ...] = Field(default=(), max_length=50)
    margin: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """the least gain over the other version"""
    slice_fall: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """how much a slice of the metric may be worse than the other version's"""
    against: str = Field(default="champion", max_length=255)
    """the alias of the other version, or `none`"""

    @property
    def text(self) -> str:
        """As one line that can be read back."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    def gain(self, value: float, reference: float) -> float:
        """By how much a value is better than the other."""
        # Rounded, so that 0.84 against 0.835 with a margin of 0.005 is not refused for the last bit.
        return round((reference - value) if self.lower_is_better else (value - reference), 12)


def thresholds(given: Iterable[str]) -> tuple[Threshold, ...]:
    """The bounds that are written as `auc>=0.8`.

    Raises:
        UsageError: one is not written so.
    """
    return tuple(map(_threshold, given))


def lower_is_better(metric: str) -> bool:
    """Whether the name of a metric says that less is better, as in log_loss or val_rmse."""
    words = frozenset(_WORDS.split(metric.lower()))
    return bool(words & _LOWER)


def read_terms(text: str) -> Terms | None:
    """The terms that `Terms.text` wrote; None where they are none."""
    try:
        return Terms.model_validate_json(text)
    except ValidationError:
        return None


def _threshold(given: str) -> Threshold:
    found = _THRESHOLD.fullmatch(given)
    value = _number(found[3]) if found else None
    if found is None or value is None:
        raise UsageError(f"{given[:80]!r} is no threshold; write METRIC>=NUMBER or METRIC<=NUMBER, as auc>=0.8")
    return Threshold(metric=found[1], sign=found[2], value=value)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
