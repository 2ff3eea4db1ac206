"""The statements that make one table with a row a prediction: requests unpacked, outcomes joined when they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.workflows.commands.result import NewFile
from orchestrator.workflows.generate.learning.names import FullName

_JOB = """
    collect:
      name: template-part-collect
      description: Brings the table of predictions up to date.
      tags:
        project: template-part
      schedule:
        quartz_cron_expression: 0 0 4 * * ?
        timezone_id: UTC
        pause_status: PAUSED # until somebody has looked at a first run
      queue:
        enabled: true
      max_concurrent_runs: 1
      timeout_seconds: 7200
      email_notifications:
        on_failure: ["${var.alerts}"]
      tasks:
"""
_TASK = """        - task_key: NAME
          max_retries: 2 # a merge by the key: a second try changes nothing
          min_retry_interval_millis: 60000
          sql_task:
            warehouse_id: ${var.warehouse}
            file:
              path: ../sql/NAME.sql
            parameters:
              predictions: ${var.table}
              source: SOURCE
"""
_AFTER = """          depends_on:
            - task_key: unpack
"""


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What is collected: from the payload table of an endpoint, and from a table of outcomes, where there is one."""

    keys: tuple[str, ...]
    moment: str
    version: str
    label: str | None
    features: tuple[str, ...]
    payload: FullName | None
    outcomes: FullName | None

    def files(self, predictions: FullName) -> Iterator[NewFile]:
        """The statements as files."""
        if self.payload is not None:
            yield NewFile(path="sql/predictions.sql", text=self._table(predictions))
            yield NewFile(path="sql/unpack.sql", text=self._unpack())
        if self.outcomes is not None:
            yield NewFile(path="sql/outcomes.sql", text=self._outcomes())

    def job(self) -> str:
        """The job of the bundle that runs them in order; empty where there is nothing to run."""
        tasks = []
        if self.payload is not None:
            tasks.append(_TASK.replace("NAME", "unpack").replace("SOURCE", str(self.payload)))
        if self.outcomes is not None:
            task = _TASK.replace("NAME", "outcomes").replace("SOURCE", str(self.outcomes))
            head, line, rest = task.partition("\n")
            tasks.append(f"{head}{line}{_AFTER if self.payload is not None else ''}{rest}")
        return "".join([_JOB, *tasks]) if tasks else ""

    def page(self) -> str:
        """The rows of the README."""
        said = {
            "`sql/predictions.sql`, `sql/unpack.sql`": "the table of predictions, and requests unpacked into it",
            "`sql/outcomes.sql`": "outcomes, late ones too, joined by the key",
        }
        wanted = (self.payload is not None, self.outcomes is not None)
        rows = zip(said.items(), wanted, strict=True)
        return "".join(f"| {names} | {what} |\n" for (names, what), is_wanted in rows if is_wanted)

    def _columns(self) -> tuple[tuple[str, str, str], ...]:
        keys = tuple((name, "STRING", "Key that the caller sends") for name in self.keys)
        features = tuple((name, "DOUBLE", "Feature as the caller sent it") for name in self.features)
        return (*keys, *features)

    def _table(self, predictions: FullName) -> str:
        listed = [f"  {name} {kind} COMMENT '{said}'," for name, kind, said in self._columns()]
        label = [f"  {self.label} DOUBLE COMMENT 'Outcome, null until it is known',"] if self.label else []
        return "\n".join(
            [
                "-- One row a prediction. Run it once, in each environment with its own catalog.",
                f"CREATE TABLE IF NOT EXISTS {predictions} (",
                "  prediction_id STRING NOT NULL COMMENT 'Request and place in it',",
                f"  {self.moment} TIMESTAMP NOT NULL COMMENT 'When the request came, UTC',",
                f"  {self.version} STRING COMMENT 'Version that answered',",
                *listed,
                "  prediction DOUBLE COMMENT 'What the model said',",
                *label,
                f"  CONSTRAINT {predictions.name}_pk PRIMARY KEY (prediction_id)",
                ")",
                "CLUSTER BY AUTO",
                "COMMENT 'Predictions of an endpoint, from its payload table'",
                "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');",
                "",
            ]
        )

    def _unpack(self) -> str:
        names = [name for name, _, _ in self._columns()]
        fields = ", ".join(f"{name}: {kind}" for name, kind, _ in self._columns())
        target = ["prediction_id", self.moment, self.version, *names, "prediction"]
        chosen = [f"    pair.records.{name} AS {name}," for name in names]
        schema = f"'dataframe_records ARRAY<STRUCT<{fields}>>'"
        return "\n".join(
            [
                "-- Requests of the last days, one row a prediction. Callers send dataframe_records with these fields.",
                "MERGE INTO IDENTIFIER(:predictions) AS target",
                "USING (",
                "  WITH answered AS (",
                "    SELECT",
                "      payload.databricks_request_id,",
                "      payload.request_time,",
                "      entities.entity_version,",
                f"      from_json(payload.request, {schema}).dataframe_records AS records,",
                "      -- a probability, or those of all classes, of which the last is that of 1",
                "      transform(",
                "        from_json(payload.response, 'predictions ARRAY<STRING>').predictions,",
                "        answer -> cast(element_at(split(trim(BOTH '[]' FROM answer), ','), -1) AS DOUBLE)",
                "      ) AS predictions",
                "    FROM IDENTIFIER(:source) AS payload",
                "    JOIN system.serving.served_entities AS entities",
                "      ON entities.served_entity_id = payload.served_entity_id",
                "    WHERE payload.request_date >= date_sub(current_date(), 2)",
                "      AND payload.status_code = 200",
                "      AND payload.request IS NOT NULL",
                "  )",
                "  SELECT",
                "    concat_ws('-', databricks_request_id, position) AS prediction_id,",
                f"    request_time AS {self.moment},",
                f"    entity_version AS {self.version},",
                *chosen,
                "    pair.predictions AS prediction",
                "  FROM answered",
                "  LATERAL VIEW posexplode(arrays_zip(records, predictions)) zipped AS position, pair",
                ") AS source",
                "ON target.prediction_id = source.prediction_id",
                f"WHEN NOT MATCHED THEN INSERT ({', '.join(target)})",
                f"VALUES ({', '.join(f'source.{name}' for name in target)});",
                "",
            ]
        )

    def _outcomes(self) -> str:
        same = "\n  AND ".join(f"target.{name} = source.{name}" for name in self.keys)
        return "\n".join(
            [
                "-- Outcomes of the last year: late ones and corrected ones change the row of their prediction.",
                "MERGE INTO IDENTIFIER(:predictions) AS target",
                "USING (",
                f"  SELECT {', '.join(self.keys)}, max(cast({self.label} AS DOUBLE)) AS {self.label}",
                "  FROM IDENTIFIER(:source)",
                f"  WHERE {self.label} IS NOT NULL",
                f"  GROUP BY {', '.join(self.keys)}",
                ") AS source",
                f"ON {same}",
                f"  AND target.{self.moment} >= date_sub(current_date(), 365)",
                f"WHEN MATCHED AND target.{self.label} IS DISTINCT FROM source.{self.label} THEN",
                f"  UPDATE SET {self.label} = source.{self.label};",
                "",
            ]
        )
