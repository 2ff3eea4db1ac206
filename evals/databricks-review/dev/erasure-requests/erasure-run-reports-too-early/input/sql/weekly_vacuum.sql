-- Saturdays: remove the files that erased rows were in.
VACUUM shop.silver.customers;
VACUUM shop.silver.orders;
VACUUM shop.silver.newsletter;
VACUUM shop.silver.support_tickets;
VACUUM privacy.erasure.requests;
