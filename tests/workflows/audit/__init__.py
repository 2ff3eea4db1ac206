"""Tests of orchestrator/workflows/audit."""
