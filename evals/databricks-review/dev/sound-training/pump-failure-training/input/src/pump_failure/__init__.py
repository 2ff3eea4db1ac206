"""Predicts whether a pump fails within fourteen days."""
