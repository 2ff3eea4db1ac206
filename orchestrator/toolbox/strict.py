"""The SDK's server, less lenient in one thing: an argument that a tool does not have is refused, not dropped.

Dropped, a misspelled `since` would give the whole log as the answer to a question about a day.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import ValidationError

from orchestrator.toolbox.mistakes import mistakes
from orchestrator.toolbox.redaction import redacted_text

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context
    from mcp_types import CallToolResult, InputRequiredResult


class StrictServer(MCPServer[Any]):
    """An MCP server that names the arguments which a call must not have."""

    _known: dict[str, dict[str, str]] | None = None

    async def call_tool(
        self, name: str, arguments: Mapping[str, object], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """The result of a tool.

        Raises:
            ToolError: the tool is unknown, an argument is unknown or wrong, or the tool refused.
        """
        known = (await self._arguments()).get(name)
        unknown = [argument for argument in arguments if known is not None and argument not in known]
        if known is not None and unknown:
            raise ToolError(f"{name} has no argument {unknown[0][:60]!r}{_near(unknown[0], list(known))}")
        try:
            return await super().call_tool(name, dict(arguments), context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                said = mistakes(name, error.__cause__, known or {})
                raise ToolError(redacted_text(said)) from None
            raise

    async def _arguments(self) -> dict[str, dict[str, str]]:
        """The arguments of every tool and what they are, gathered once: tools are declared before the first call."""
        if self._known is None:
            self._known = {tool.name: _described(tool.input_schema) for tool in await self.list_tools()}
        return self._known


def _described(schema: dict[str, Any]) -> dict[str, str]:
    """From name to description, which of one that may be null stands in an alternative of its type."""
    return {name: _description(argument) for name, argument in schema.get("properties", {}).items()}


def _description(argument: dict[str, Any]) -> str:
    places = (argument, *argument.get("anyOf", ()))
    return next((str(place["description"]) for place in places if place.get("description")), "")


def _near(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; it has {', '.join(known) or 'none'}"
