"""`scan-pii-data`: which columns hold personal data, and which of them nothing protects."""
