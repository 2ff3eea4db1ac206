CREATE OR REFRESH STREAMING TABLE contract_changes (
  CONSTRAINT identified EXPECT (contract_id IS NOT NULL AND committed_at IS NOT NULL AND log_position IS NOT NULL) ON VIOLATION FAIL UPDATE,
  CONSTRAINT known_tariff EXPECT (tariff IN ('HOUSEHOLD', 'FARM', 'INDUSTRY'))
)
COMMENT 'Row changes of contracts as delivered'
AS
SELECT
  operation,
  committed_at,
  log_position,
  contract_id,
  customer_no,
  tariff,
  meter_no,
  note,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${landing}/contract_change',
  format => 'parquet',
  schema => 'operation STRING, committed_at TIMESTAMP, log_position BIGINT, contract_id BIGINT, customer_no STRING, tariff STRING, meter_no STRING, note STRING'
);

CREATE OR REFRESH STREAMING TABLE contract_history
COMMENT 'Versions of a contract by customer, tariff and meter; a version holds from its start to just before its end';

CREATE FLOW contract_versions AS AUTO CDC INTO contract_history
FROM STREAM(contract_changes)
KEYS (contract_id)
APPLY AS DELETE WHEN operation = 'D'
SEQUENCE BY STRUCT(committed_at, log_position)
COLUMNS * EXCEPT (operation, ingested_at)
STORED AS SCD TYPE 2
TRACK HISTORY ON * EXCEPT (committed_at, log_position, note);
