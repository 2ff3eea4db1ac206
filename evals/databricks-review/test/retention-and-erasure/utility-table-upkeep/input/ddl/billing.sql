-- Bills are corrected in place. The auditors ask once a year for the bills as they stood on 31 December at noon UTC.
CREATE TABLE IF NOT EXISTS utility.billing.bills (
  bill_id BIGINT NOT NULL,
  meter_id BIGINT NOT NULL,
  billed_on DATE NOT NULL,
  amount DECIMAL(12, 2) NOT NULL,
  state STRING NOT NULL,
  CONSTRAINT bills_pk PRIMARY KEY (bill_id)
)
CLUSTER BY (billed_on, meter_id)
TBLPROPERTIES (
  'delta.logRetentionDuration' = 'interval 400 days'
);
