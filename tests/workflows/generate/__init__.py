"""Tests of orchestrator/workflows/generate."""
