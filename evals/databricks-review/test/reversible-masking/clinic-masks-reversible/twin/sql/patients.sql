CREATE TABLE IF NOT EXISTS clinic.care.patients (
  patient_key      STRING NOT NULL COMMENT 'Surrogate key, random UUID',
  phone            STRING MASK clinic.masking.phone,
  insurance_number STRING MASK clinic.masking.insurance_number,
  birth_date       DATE   MASK clinic.masking.birth_date,
  diagnosis        STRING MASK clinic.masking.diagnosis,
  ward             STRING,
  admitted_on      DATE NOT NULL,
  CONSTRAINT patients_pk PRIMARY KEY (patient_key)
);
