-- Masking functions of the clinic catalog. Everybody who is not named by a function must get the masked value.
CREATE SCHEMA IF NOT EXISTS clinic.masking;

-- Phone numbers: the call centre rings patients back.
CREATE OR REPLACE FUNCTION clinic.masking.phone(phone STRING)
RETURNS STRING
RETURN CASE
  WHEN is_account_group_member('clinic_call_centre') THEN phone
  ELSE sha2(phone, 256)
END;

-- Diagnoses: for the treating staff.
CREATE OR REPLACE FUNCTION clinic.masking.diagnosis(diagnosis STRING)
RETURNS STRING
RETURN CASE
  WHEN is_account_group_member('clinic_students') OR is_account_group_member('clinic_agency_staff') THEN 'RESTRICTED'
  ELSE diagnosis
END;

-- Social insurance number: billing, and the nightly invoice run.
CREATE OR REPLACE FUNCTION clinic.masking.insurance_number(insurance_number STRING)
RETURNS STRING
RETURN CASE
  WHEN is_account_group_member('clinic_billing') THEN insurance_number
  WHEN current_user() LIKE '%billing%' THEN insurance_number
  ELSE NULL
END;

-- Date of birth: research works with the year.
CREATE OR REPLACE FUNCTION clinic.masking.birth_date(birth_date DATE)
RETURNS DATE
RETURN CASE
  WHEN is_account_group_member('clinic_treating_staff') OR is_account_group_member('clinic_billing') THEN birth_date
  ELSE trunc(birth_date, 'YEAR')
END;
