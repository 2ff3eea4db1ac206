-- Applied with release 4.2, November 2026. Orders from before the release came through the shop or the phone;
-- which one was not recorded.
ALTER TABLE garden.core.orders ADD COLUMNS (channel STRING COMMENT 'shop, phone, market or test');

ALTER TABLE garden.landing.orders ADD COLUMNS (channel STRING);

