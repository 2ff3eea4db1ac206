-- bronze is append-only, but for the DELETE each night of what is older than two days; silver is for everybody in the care teams.
CREATE TABLE IF NOT EXISTS telecare.silver.calls (
  call_id STRING NOT NULL, caller_token STRING, queue STRING, started_at TIMESTAMP, seconds INT,
  CONSTRAINT calls_pk PRIMARY KEY (call_id)
);

GRANT USE CATALOG ON CATALOG telecare TO `telecare_teams`;
GRANT USE SCHEMA, SELECT ON SCHEMA telecare.silver TO `telecare_teams`;

GRANT USE CATALOG ON CATALOG telecare TO `91e5c0d7-6a38-4f2b-b9c4-8d1f7e3a2b60`;
GRANT USE SCHEMA, SELECT ON SCHEMA telecare.bronze TO `91e5c0d7-6a38-4f2b-b9c4-8d1f7e3a2b60`;
GRANT USE SCHEMA, SELECT, MODIFY ON SCHEMA telecare.silver TO `91e5c0d7-6a38-4f2b-b9c4-8d1f7e3a2b60`;
GRANT USE SCHEMA ON SCHEMA telecare.ops TO `91e5c0d7-6a38-4f2b-b9c4-8d1f7e3a2b60`;
GRANT READ VOLUME, WRITE VOLUME ON VOLUME telecare.ops.checkpoints TO `91e5c0d7-6a38-4f2b-b9c4-8d1f7e3a2b60`;
