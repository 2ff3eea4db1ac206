-- Written once an hour. Predictive optimization is off in this catalog (external locations of the old account).
CREATE TABLE IF NOT EXISTS post.tracking.parcels (
  parcel_id STRING NOT NULL,
  status STRING NOT NULL,
  depot INT NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  CONSTRAINT parcels_pk PRIMARY KEY (parcel_id)
)
CLUSTER BY (parcel_id)
TBLPROPERTIES (
  'delta.logRetentionDuration' = 'interval 60 days',
  'delta.deletedFileRetentionDuration' = 'interval 35 days'
);

-- 180 TB since 2014, external. The customs office reads it with its own engine, which knows partitions but not
-- liquid clustering; layout and path are part of the contract with them until 2028.
CREATE TABLE IF NOT EXISTS post.archive.scans (
  scan_id STRING NOT NULL,
  parcel_id STRING NOT NULL,
  depot INT NOT NULL,
  scanned_at TIMESTAMP NOT NULL,
  scan_month STRING NOT NULL
)
USING DELTA
PARTITIONED BY (scan_month)
LOCATION 'abfss://archive@poststorage.dfs.core.windows.net/scans'
TBLPROPERTIES ('delta.deletedFileRetentionDuration' = 'interval 10 days');

-- Emptied and filled again within one run of the import.
CREATE TABLE IF NOT EXISTS post.staging.scan_import (
  scan_id STRING NOT NULL,
  parcel_id STRING NOT NULL,
  depot INT NOT NULL,
  scanned_at TIMESTAMP NOT NULL
);
