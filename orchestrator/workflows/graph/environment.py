"""What LangGraph reads from the environment as it is imported."""

from __future__ import annotations

import os

_SETTINGS = {
    # What a graph is given would leave the machine for a tracing service if the user's shell happened to ask for it.
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    # A checkpoint holds plain values; without this one that was tampered with could make any object.
    "LANGGRAPH_STRICT_MSGPACK": "true",
}


def prepare_environment() -> None:
    """Turn tracing off and strict checkpoints on; to be called before the first import of LangGraph."""
    os.environ.update(_SETTINGS)
