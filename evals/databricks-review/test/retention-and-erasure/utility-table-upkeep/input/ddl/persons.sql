CREATE TABLE IF NOT EXISTS utility.crm.persons (
  person_id BIGINT NOT NULL,
  full_name STRING NOT NULL,
  email STRING,
  iban STRING,
  CONSTRAINT persons_pk PRIMARY KEY (person_id)
)
CLUSTER BY (person_id)
TBLPROPERTIES ('delta.enableDeletionVectors' = 'true');

-- New persons are added for the mailing tool every night, with
--   INSERT INTO ... SELECT ... FROM utility.crm.persons AS p LEFT ANTI JOIN utility.crm.mailing_list AS m USING (person_id)
CREATE TABLE IF NOT EXISTS utility.crm.mailing_list (
  person_id BIGINT NOT NULL,
  full_name STRING NOT NULL,
  email STRING,
  CONSTRAINT mailing_list_pk PRIMARY KEY (person_id)
)
CLUSTER BY (person_id)
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS utility.crm.erasure_requests (
  person_id BIGINT NOT NULL,
  requested_on DATE NOT NULL,
  done_on DATE
);
