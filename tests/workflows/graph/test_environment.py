"""What the user's shell asks of LangGraph does not count: nothing is traced, and checkpoints make no objects."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import os
from orchestrator.workflows.graph.drawing import drawn_review
drawn_review()
from langgraph.checkpoint.serde import _msgpack
from langsmith.utils import tracing_is_enabled
print(_msgpack.STRICT_MSGPACK_ENABLED, tracing_is_enabled())
"""


def test_tracing_is_off_and_checkpoints_are_strict_whatever_the_environment_says() -> None:
    asked = {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true", "LANGGRAPH_STRICT_MSGPACK": "false"}
    shown = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **asked}, capture_output=True, text=True, check=True
    )
    assert shown.stdout == "True False\n"
