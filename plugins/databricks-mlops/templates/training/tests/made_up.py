"""Made-up labelled rows: the first feature drives the label, the others are noise."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from template_part.rows import FEATURES, KEYS, LABEL, LABEL_DAYS, MOMENT, TEST_DAYS, VALIDATION_DAYS, Source

AS_OF = date(2026, 11, 2)
SOURCE = Source(table="made_up.ml.rows", version=3, as_of=AS_OF)
# Long enough for three parts and three gaps.
DAYS = 3 * (LABEL_DAYS + TEST_DAYS + VALIDATION_DAYS)


def labelled(count: int = 600, *, seed: int = 7, noise: float = 0.0) -> pd.DataFrame:
    """Rows of all days until `AS_OF`, in order of time; `noise` is the share whose label is left to chance."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({name: random.normal(size=count) for name in FEATURES})
    certain = random.random(count) < 1 / (1 + np.exp(-4 * rows[FEATURES[0]]))
    rows[LABEL] = np.where(random.random(count) < noise, random.random(count) < 0.5, certain).astype("float64")
    first = AS_OF - timedelta(days=DAYS)
    rows[MOMENT] = [pd.Timestamp(first + timedelta(days=int(DAYS * number / count))) for number in range(count)]
    return rows.assign(**{name: [f"{name}-{number}" for number in range(count)] for name in KEYS})
