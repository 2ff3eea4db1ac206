"""Rules of the specialist `workflow-orchestrator`."""
