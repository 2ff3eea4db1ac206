CREATE TABLE IF NOT EXISTS clinic.care.patients (
  patient_key      STRING NOT NULL COMMENT 'Surrogate key, random UUID',
  phone            STRING MASK clinic.masking.phone,
  insurance_number STRING MASK clinic.masking.insurance_number,
  birth_date       DATE   MASK clinic.masking.birth_date,
  diagnosis        STRING MASK clinic.masking.diagnosis,
  ward             STRING,
  admitted_on      DATE NOT NULL,
  source_record    STRING COMMENT 'Record as delivered by the admission system',
  CONSTRAINT patients_pk PRIMARY KEY (patient_key)
);

-- The call centre finds the number behind the hash in reports of the old system.
CREATE TABLE IF NOT EXISTS clinic.care.phone_directory (
  phone_hash STRING NOT NULL,
  phone      STRING NOT NULL
);
