CREATE OR REFRESH STREAMING TABLE suppressions (
  CONSTRAINT dated EXPECT (wished_at IS NOT NULL)
)
COMMENT 'Wishes not to be written to, from the call centre'
AS
SELECT
  lower(trim(email)) AS email,
  phone,
  wished_at
FROM STREAM read_files(
  '${consent.wishes}',
  format => 'csv',
  header => true,
  schema => 'email STRING, phone STRING, wished_at TIMESTAMP'
);

CREATE OR REFRESH MATERIALIZED VIEW newsletter_audience
COMMENT 'Contacts that may get the newsletter'
AS
SELECT
  contact_no,
  lower(trim(email)) AS email,
  language
FROM contact_history
WHERE
  coalesce(opted_in, false)
  AND email IS NOT NULL
  AND __END_AT IS NULL
  AND lower(trim(email)) NOT IN (SELECT email FROM suppressions WHERE email IS NOT NULL);

CREATE OR REFRESH MATERIALIZED VIEW changed_answers
COMMENT 'How often a person answered, for the legal team'
AS
SELECT
  contact_no,
  count(*) AS versions,
  count_if(opted_in) AS versions_with_yes,
  count_if(NOT opted_in) AS versions_with_no,
  count_if(opted_in IS NULL) AS versions_never_asked
FROM contact_history
GROUP BY contact_no;
