CREATE EXTERNAL LOCATION IF NOT EXISTS lake_curated
  URL 'abfss://lake@helviadata.dfs.core.windows.net/curated'
  WITH (STORAGE CREDENTIAL helvia_lake)
  COMMENT 'External tables of the insurance catalog';

CREATE EXTERNAL LOCATION IF NOT EXISTS lake_inbound
  URL 'abfss://lake@helviadata.dfs.core.windows.net/curated/inbound'
  WITH (STORAGE CREDENTIAL helvia_lake)
  COMMENT 'Claim files of the brokers, JSON with name and diagnosis; loaded into insurance.claims.claims';

GRANT CREATE EXTERNAL TABLE ON EXTERNAL LOCATION lake_curated TO `insurance_platform`;
GRANT READ FILES ON EXTERNAL LOCATION lake_inbound TO `insurance_platform`;
GRANT READ FILES ON EXTERNAL LOCATION lake_inbound TO `insurance_analysts`;
