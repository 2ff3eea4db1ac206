GRANT USE CATALOG ON CATALOG clinic TO `clinic_analysts`;
GRANT USE CATALOG ON CATALOG clinic TO `clinic_call_centre`;

GRANT USE SCHEMA, SELECT ON SCHEMA clinic.care TO `clinic_analysts`;
GRANT USE SCHEMA, SELECT ON SCHEMA clinic.care TO `clinic_call_centre`;

-- International code list of diagnoses, published by the ministry
GRANT USE CATALOG ON CATALOG clinic TO `account users`;
GRANT USE SCHEMA, SELECT ON SCHEMA clinic.code_lists TO `account users`;
