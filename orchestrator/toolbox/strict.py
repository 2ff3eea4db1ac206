"""The SDK's server, less lenient in one thing: an argument that a tool does not have is refused, not dropped.

Dropped, a misspelled `since` would give the whole log as the answer to a question about a day.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context
    from mcp_types import CallToolResult, InputRequiredResult


class StrictServer(MCPServer[Any]):
    """An MCP server that names the arguments which a call must not have."""

    _known: dict[str, tuple[str, ...]] | None = None

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
        return await super().call_tool(name, dict(arguments), context)

    async def _arguments(self) -> dict[str, tuple[str, ...]]:
        """The arguments of every tool, gathered once: tools are all declared before the first call."""
        if self._known is None:
            listed = await self.list_tools()
            self._known = {tool.name: tuple(tool.input_schema.get("properties", {})) for tool in listed}
        return self._known


def _near(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; it has {', '.join(known) or 'none'}"
