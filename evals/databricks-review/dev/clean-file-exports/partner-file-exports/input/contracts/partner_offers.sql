-- The columns of this view are agreed with the partners, in this order. A change needs a new version of the contract.
-- travel.gold.offers is clustered by partner_code: who asks for one partner reads the files of that partner only.
CREATE OR REPLACE VIEW travel.contracts.partner_offers_v3 AS
SELECT
  offer_id,
  partner_code,
  hotel_id,
  arrival,
  nights,
  price_eur,
  changed_at
FROM travel.gold.offers
WHERE is_public;
