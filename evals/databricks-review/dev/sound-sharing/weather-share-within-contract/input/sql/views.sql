CREATE SCHEMA IF NOT EXISTS weather.shared COMMENT 'Objects of contract.yml, nothing else is created here';

CREATE OR REPLACE VIEW weather.shared.forecasts
COMMENT 'Forecasts of the regions in the property regions of the recipient, such as ,north,west,'
AS
SELECT f.region, f.issued_at, f.valid_at, f.temperature_c, f.wind_ms
FROM weather.gold.forecasts AS f
WHERE contains(current_recipient('regions'), concat(',', f.region, ','));

CREATE OR REPLACE VIEW weather.shared.stations
AS SELECT * FROM weather.gold.stations_v1;
