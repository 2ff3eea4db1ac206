"""Features: tables of Unity Catalog with a primary key, their columns, who reads them, and their online copies."""
