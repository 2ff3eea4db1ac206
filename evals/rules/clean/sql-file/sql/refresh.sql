-- Brings the shop's tables up to date; run by the warehouse.
@@HERE@@
