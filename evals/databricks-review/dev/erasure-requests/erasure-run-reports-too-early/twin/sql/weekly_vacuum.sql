-- Saturdays: remove the files that erased rows were in.
REORG TABLE shop.silver.customers APPLY (PURGE);
REORG TABLE shop.silver.orders APPLY (PURGE);
REORG TABLE shop.silver.newsletter APPLY (PURGE);
REORG TABLE shop.silver.support_tickets APPLY (PURGE);
VACUUM shop.silver.customers;
VACUUM shop.silver.orders;
VACUUM shop.silver.newsletter;
VACUUM shop.silver.support_tickets;
VACUUM privacy.erasure.requests;
