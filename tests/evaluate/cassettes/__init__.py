"""Tests of recorded specialists."""
