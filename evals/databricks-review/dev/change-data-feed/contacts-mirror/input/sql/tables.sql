-- The contacts of the sales teams. Written by the CRM connector around the clock, about 40 commits an hour.
-- Files that no version of the last week needs are removed every night.
CREATE TABLE IF NOT EXISTS crm.silver.contacts (
  contact_id BIGINT NOT NULL,
  owner_team STRING NOT NULL,
  full_name STRING,
  email STRING,
  phone STRING,
  CONSTRAINT contacts_pk PRIMARY KEY (contact_id)
)
CLUSTER BY (contact_id)
TBLPROPERTIES (
  'delta.enableChangeDataFeed' = 'true',
  'delta.deletedFileRetentionDuration' = 'interval 7 days'
);

-- Read by the phone system. Must hold the same contacts as crm.silver.contacts.
CREATE TABLE IF NOT EXISTS crm.serving.contacts (
  contact_id BIGINT NOT NULL,
  owner_team STRING NOT NULL,
  full_name STRING,
  email STRING,
  phone STRING,
  CONSTRAINT serving_contacts_pk PRIMARY KEY (contact_id)
) CLUSTER BY (contact_id);

-- How many contacts each team touched in a commit: new, changed and removed ones.
CREATE TABLE IF NOT EXISTS crm.serving.team_activity (
  commit_version BIGINT NOT NULL,
  owner_team STRING NOT NULL,
  touched BIGINT NOT NULL
) CLUSTER BY (commit_version);

-- One row: the last version of crm.silver.contacts that was mirrored.
CREATE TABLE IF NOT EXISTS crm.serving.mirror_state (
  mirrored_version BIGINT NOT NULL
);
