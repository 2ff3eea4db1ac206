CREATE TABLE IF NOT EXISTS bank.staging.account_changes (
  batch_id BIGINT NOT NULL,
  change_seq BIGINT NOT NULL COMMENT 'position in the log of the core system, unique and growing',
  op STRING NOT NULL COMMENT 'I, U or D; a D carries the last values of the row',
  account_no STRING NOT NULL,
  branch_code STRING COMMENT 'NULL for accounts that were opened online',
  holder_id STRING,
  status STRING,
  balance DECIMAL(18, 2),
  changed_at TIMESTAMP NOT NULL
) CLUSTER BY (batch_id);

CREATE TABLE IF NOT EXISTS bank.staging.limit_changes (
  batch_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  overdraft_limit DECIMAL(18, 2) NOT NULL,
  CONSTRAINT limit_changes_pk PRIMARY KEY (batch_id, agreement_id)
) COMMENT 'Limits that were changed; one row for an agreement and batch';

CREATE TABLE IF NOT EXISTS bank.core.accounts (
  account_no STRING NOT NULL COMMENT 'unique within a branch, and among online accounts',
  branch_code STRING,
  holder_id STRING,
  status STRING,
  balance DECIMAL(18, 2),
  change_seq BIGINT NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  deleted_at TIMESTAMP COMMENT 'when the core system deleted the account'
) CLUSTER BY (account_no);

CREATE TABLE IF NOT EXISTS bank.core.limits (
  agreement_id BIGINT NOT NULL,
  overdraft_limit DECIMAL(18, 2) NOT NULL,
  CONSTRAINT limits_pk PRIMARY KEY (agreement_id)
) COMMENT 'The limit that holds for each overdraft agreement';

CREATE OR REPLACE VIEW bank.core.open_accounts AS
SELECT account_no, branch_code, holder_id, status, balance
FROM bank.core.accounts
WHERE deleted_at IS NULL;
