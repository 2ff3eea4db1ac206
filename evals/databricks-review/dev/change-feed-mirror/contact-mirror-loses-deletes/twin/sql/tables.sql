-- Run once by the platform team; {catalog} is filled in by the deployment.
ALTER TABLE {catalog}.crm.contacts SET TBLPROPERTIES (
  'delta.enableChangeDataFeed' = 'true',
  'delta.deletedFileRetentionDuration' = 'interval 30 days',
  'delta.logRetentionDuration' = 'interval 30 days'
);

CREATE TABLE IF NOT EXISTS {catalog}.analytics.contacts_mirror (
  contact_id BIGINT NOT NULL PRIMARY KEY,
  region STRING NOT NULL,
  segment STRING,
  city STRING,
  changed_version BIGINT NOT NULL
)
CLUSTER BY (contact_id)
TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true');

CREATE TABLE IF NOT EXISTS {catalog}.analytics.region_sizes (
  region STRING NOT NULL PRIMARY KEY,
  contacts BIGINT NOT NULL
);
