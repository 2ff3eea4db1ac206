"""The table of predictions: its statement, with what is known of the types of its columns."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.workflows.generate.learning.columns import Known
from orchestrator.workflows.generate.learning.names import FullName

_UNKNOWN_KEY = "STRING"


def statement(result: FullName, source: FullName, keys: Sequence[str], features: Sequence[str], known: Known) -> str:
    """The statement that makes the table; {catalog} is a parameter of the task."""
    lines = [
        *(f"  {name} {_type(known, name)} NOT NULL COMMENT 'Key of the row in {source.name}'," for name in keys),
        "  scored_on DATE NOT NULL COMMENT 'Day of the run, UTC',",
        "  prediction DOUBLE NOT NULL COMMENT 'What the model said; for two classes how likely 1 is, from 0 to 1',",
        "  model_version STRING NOT NULL COMMENT 'Version of the registered model that said so',",
        *(f"  {name} DOUBLE COMMENT 'Feature as the model has seen it'," for name in features if name not in keys),
        f"  CONSTRAINT {result.name}_pk PRIMARY KEY ({', '.join((*keys, 'scored_on'))})",
    ]
    return "\n".join(
        [
            "-- One row a key and day. Run it once before the first day is scored; the key is declared, not enforced.",
            f"CREATE TABLE IF NOT EXISTS {result} (",
            *lines,
            ")",
            "CLUSTER BY AUTO",
            "COMMENT 'Predictions by day of scoring. A day is replaced as a whole, so a second run changes nothing.'",
            "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');",
            "",
        ]
    )


def _type(known: Known, name: str) -> str:
    return (known.type_of(name) or _UNKNOWN_KEY).upper()
