CREATE SHARE IF NOT EXISTS station_weather COMMENT 'contract.yml';
ALTER SHARE station_weather OWNER TO `weather_sharing`;

ALTER SHARE station_weather ADD TABLE weather.gold.observations AS shared.observations WITH HISTORY;
ALTER SHARE station_weather ADD VIEW weather.shared.forecasts;
ALTER SHARE station_weather ADD VIEW weather.shared.stations;

CREATE RECIPIENT IF NOT EXISTS vindkraft_syd
  USING ID 'azure:swedencentral:6f1d0b9e-2c47-4a58-9f3e-7b2a5c8d1e60'
  PROPERTIES ('regions' = ',south,east,');
CREATE RECIPIENT IF NOT EXISTS fjord_ferries
  USING ID 'azure:norwayeast:a47c3e12-8b90-4d6f-b1a5-0e9f2c7d6b38'
  PROPERTIES ('regions' = ',west,');

GRANT SELECT ON SHARE station_weather TO RECIPIENT vindkraft_syd;
GRANT SELECT ON SHARE station_weather TO RECIPIENT fjord_ferries;
