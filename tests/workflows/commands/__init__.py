"""Tests of orchestrator/workflows/commands."""
