CREATE TABLE IF NOT EXISTS club.features.member_month (
  member_id         STRING NOT NULL COMMENT 'Surrogate key, random',
  month             DATE NOT NULL,
  email             STRING COMMENT 'Login address',
  full_name         STRING,
  profiling_consent BOOLEAN NOT NULL,
  tenure_months     INT,
  visits_90d        INT,
  spend_90d         DOUBLE,
  tickets_90d       INT,
  plan              STRING,
  home_region       STRING,
  birth_country     STRING,
  churned_next_60d  BOOLEAN COMMENT 'Known 60 days after the month ends, NULL before',
  CONSTRAINT member_month_pk PRIMARY KEY (member_id, month)
) COMMENT 'About 40,000 members a month';

CREATE TABLE IF NOT EXISTS club.scores.churn (
  member_id STRING NOT NULL, month DATE NOT NULL, score DOUBLE NOT NULL, model_version STRING NOT NULL,
  CONSTRAINT churn_pk PRIMARY KEY (member_id, month)
);

-- the retention team's application, reads scores
GRANT USE CATALOG ON CATALOG club TO `3d4b7a90-52e1-4c0d-9f8e-6a1b2c3d4e5f`;
GRANT USE SCHEMA, SELECT ON SCHEMA club.scores TO `3d4b7a90-52e1-4c0d-9f8e-6a1b2c3d4e5f`;

-- the training and scoring jobs
GRANT USE CATALOG ON CATALOG club TO `a9e8d7c6-1b2a-4f3e-8d7c-0f1e2d3c4b5a`;
GRANT USE SCHEMA, SELECT ON SCHEMA club.features TO `a9e8d7c6-1b2a-4f3e-8d7c-0f1e2d3c4b5a`;
GRANT USE SCHEMA, CREATE MODEL, CREATE MODEL VERSION, EXECUTE ON SCHEMA club.models TO `a9e8d7c6-1b2a-4f3e-8d7c-0f1e2d3c4b5a`;
GRANT USE SCHEMA, SELECT, MODIFY ON SCHEMA club.scores TO `a9e8d7c6-1b2a-4f3e-8d7c-0f1e2d3c4b5a`;
