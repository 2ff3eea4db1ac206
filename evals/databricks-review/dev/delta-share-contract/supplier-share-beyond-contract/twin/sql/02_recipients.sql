-- The sharing identifiers come from the partners' metastores.
CREATE RECIPIENT IF NOT EXISTS molkerei_nord
  USING ID 'aws:eu-central-1:0f6a3c52-7a0e-4b8e-9d54-3c1f2a7b9e10'
  COMMENT 'Dairy, contract 2024-118'
  PROPERTIES ('supplier_code' = 'S-114');

CREATE RECIPIENT IF NOT EXISTS backwerk_ost
  USING ID 'aws:eu-central-1:b2d1e8f4-51c7-4f3a-8a26-6d90c4e7f5a3'
  COMMENT 'Bakery, contract 2025-031'
  PROPERTIES ('supplier_code' = 'S-141');
