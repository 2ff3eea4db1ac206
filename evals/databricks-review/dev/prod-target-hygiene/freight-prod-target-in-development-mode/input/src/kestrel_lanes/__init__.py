"""Prices per lane from the bookings of the last quarter."""
