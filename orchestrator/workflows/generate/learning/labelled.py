"""The labelled rows that a model learns from: which columns they have, as far as somebody told or a file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.learning.columns import Known, known, needs, needs_label, needs_moment
from orchestrator.workflows.generate.learning.names import FullName, column, columns, full_name
from orchestrator.workflows.generate.learning.templates import Value


class Asked(Parameters):
    """What commands ask that write training code: the rows, and what is learnt from them."""

    table: str | None = None
    label: str | None = None
    time_column: str | None = None
    keys: tuple[str, ...] = ()
    features: tuple[str, ...] = Field(default=(), max_length=200)
    label_days: int = Field(default=30, ge=0, le=730)
    model_name: str | None = None
    experiment_name: str | None = None
    path: Path = Path()
    into: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The labelled rows; `left_out` are columns that are known and no features."""

    table: FullName
    label: str
    moment: str
    keys: tuple[str, ...]
    features: tuple[str, ...]
    label_days: int
    left_out: tuple[str, ...]
    place: str
    gaps: tuple[Gap, ...]

    @property
    def values(self) -> Mapping[str, Value]:
        """The constants of `rows.py`."""
        return {
            "KEYS": self.keys,
            "MOMENT": self.moment,
            "LABEL": self.label,
            "FEATURES": self.features,
            "LABEL_DAYS": self.label_days,
        }

    @property
    def questions(self) -> tuple[str, ...]:
        """What the person has to answer before a number of this code is believed."""
        some = ", ".join(self.features[:6]) + (", ..." if len(self.features) > 6 else "")
        asked = [
            f"are {some} all known at {self.moment}? One that is known later makes every metric too good",
            f"is {self.label} final {self.label_days} days after {self.moment}? --label-days says otherwise",
        ]
        if not self.keys:
            asked.append(f"what identifies a row of {self.table}? Without --keys no row that stands twice is refused")
        return tuple(asked)

    @property
    def decisions(self) -> Table:
        """What was decided before code was written, and why."""
        gap = f"{self.label_days} days"
        rows = (
            (
                "split",
                f"by {self.moment}: training, validation of 28 days, test of 28 days",
                "the future teaches nothing",
            ),
            ("gap", gap, "a label is final only then"),
            ("features", ", ".join(self.features), self.place),
            ("left out", ", ".join(self.left_out) or "nothing", "no number, or an id by its name"),
            ("metric", "test_auc, test_brier", "beside test_brier_baseline: the same number for every row"),
            ("seed", "7", "the same rows give the same model"),
            ("rows", f"one version of {self.table}", "tagged on run and model, so that they can be read again"),
        )
        return Table(title="Decisions", columns=("decision", "value", "why"), rows=rows)


def labelled(asked: Asked, site: Site) -> Labelled:
    """The labelled rows that are meant.

    Raises:
        UsageError: table, label, moment or features are not given and no place says them, or they disagree with it.
    """
    table = full_name("--table", asked.table, "ml.features.labelled_customers")
    found = known(table, site, site.path(asked.path))
    label = column("--label", asked.label, "churned")
    moment = column("--time-column", asked.time_column or next(iter(found.moments), None), "observed_at")
    needs_label(found, table, label)
    needs_moment(found, table, moment)
    keys = columns("--keys", asked.keys) or tuple(name for name in found.key if name != moment)
    aside = (*keys, label, moment)
    features = _features(asked, found, table, aside)
    return Labelled(
        table=table,
        label=label,
        moment=moment,
        keys=keys,
        features=features,
        label_days=asked.label_days,
        left_out=tuple(name for name, _ in found.columns if name not in {*features, *aside}),
        place=f"columns of {found.place}" if found.columns and not asked.features else "--features",
        gaps=(found.gap,) if found.gap else (),
    )


def _features(asked: Asked, found: Known, table: FullName, aside: tuple[str, ...]) -> tuple[str, ...]:
    named = columns("--features", asked.features)
    twice = [name for name in named if name in aside]
    if twice:
        raise UsageError(f"--features {twice[0]!r} is the label, the moment or a key, and no feature")
    numbers, measures = found.numbers(but=aside), found.measures(but=aside)
    for name in (*named, *asked.keys):
        needs(found, table, "--features" if name in named else "--keys", name, ())
    texts = [name for name in named if found.columns and name not in numbers]
    if texts:
        raise UsageError(f"--features {texts[0]!r} is no number; encode it in the feature table, and name that column")
    if not named and not measures:
        said = (
            f"none of {table}'s columns is a number that measures something"
            if found.columns
            else f"no file and no workspace says what {table} has"
        )
        raise UsageError(f"{said}; name the features by --features A,B, or the workspace by --workspace")
    return columns("the features", named or measures)
