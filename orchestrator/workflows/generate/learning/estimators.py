"""The libraries that models are made with: their names, what a project requires of them, and whose files they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ModelType = Literal["sklearn", "xgboost", "lightgbm", "pytorch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library: the module that is imported, and what `pyproject.toml` requires."""

    module: str
    requires: tuple[str, ...]


_SKLEARN = "scikit-learn>=1.6,<2"
"""The metrics come from it, whatever the model is made with."""

LIBRARIES: dict[ModelType, Library] = {
    "sklearn": Library(module="sklearn", requires=(_SKLEARN, "skops>=0.13")),
    "xgboost": Library(module="xgboost", requires=(_SKLEARN, "xgboost>=3.0,<4")),
    "lightgbm": Library(module="lightgbm", requires=("lightgbm>=4.5,<5", _SKLEARN)),
    "pytorch": Library(module="torch", requires=(_SKLEARN, "torch>=2.6,<3")),
}
