"""What a tool may do in a run: read what the user named, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.toolbox.names import ServerTool, is_model_facing
from orchestrator.toolbox.settings import ToolSettings

if TYPE_CHECKING:
    from pydantic import JsonValue

    from orchestrator.toolbox.manifest import ListedTool

HANDLE = "event-log"
"""What a model writes for the event log that the user named: it is shown no path of this machine."""
PROFILER = "spark-profiler"
PLAN_MARK = "== Physical Plan =="
LOCAL_PATHS: Mapping[str, frozenset[str]] = {PROFILER: frozenset({"event_log"})}
"""The arguments that are paths of this machine, by server."""
_OF_A_LOG = frozenset({"analyze_metrics", "get_optimization_tips", "estimate_cost"})
_OF_A_PLAN = frozenset({"analyze_plan", "get_optimization_tips"})
_WRONG_PATH = f"event_log can only be {HANDLE!r}, the event log that the user named"


class NotAllowedError(ValueError):
    """A call that the policy does not let through; its text is one sentence for the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Decides for one run.

    `has_plan` says whether the project holds the text of a physical plan, `has_client` whether servers can be asked.
    """

    settings: ToolSettings
    has_plan: bool = False
    has_client: bool = True

    def objection(self, named: ServerTool, listed: ListedTool | None) -> str | None:
        """Why a tool that an agent names is not offered; None where it is."""
        if listed is None:
            return "there is no such tool"
        if not listed.only_reads:
            return "it may change things, and specialists only read"
        if not is_model_facing(named.shown):
            return "the API takes no such name"
        if not self.has_client:
            return "the package is installed without its extra 'workspace', which asks servers"
        if named.server != PROFILER:
            return "no workspace was named; --workspace names one" if self.settings.access is None else None
        return self._objection_to_profiler(named.tool)

    def schema(self, server: str, schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """The arguments as a model is shown them: no titles, and a fixed word in place of a path of this machine."""
        plain = _untitled(schema)
        fields = plain.get("properties")
        if not isinstance(fields, dict):
            return {**plain, "properties": {}}
        required = plain.get("required")
        shown: dict[str, JsonValue] = {}
        for name, field in fields.items():
            if name not in LOCAL_PATHS.get(server, ()):
                shown[name] = field
            elif self.settings.event_log is not None:
                shown[name] = _handle(is_required=isinstance(required, list) and name in required)
        return {**plain, "properties": shown}

    def arguments(self, server: str, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The arguments as the server gets them.

        Raises:
            NotAllowedError: one names a path of this machine that the user did not name.
        """
        sent = dict(given)
        for name in LOCAL_PATHS.get(server, frozenset()) & set(given):
            if given[name] is not None:
                sent[name] = self._path(given[name])
        return sent

    def without_paths(self, text: str) -> str:
        """The text with the word for the event log in place of its path."""
        log = self.settings.event_log
        if log is None:
            return text
        paths = {str(log.resolve()), str(log.absolute())}
        for path in sorted((path for path in paths if len(path) > len(HANDLE)), key=len, reverse=True):
            # As it is, and as JSON writes it.
            text = text.replace(path, HANDLE).replace(json.dumps(path, ensure_ascii=False)[1:-1], HANDLE)
        return text

    def _path(self, given: JsonValue) -> str:
        log = self.settings.event_log
        if log is None or given not in (HANDLE, str(log), str(log.absolute())):
            raise NotAllowedError(_WRONG_PATH if log else "the user named no event log; leave event_log out")
        return str(log.absolute())

    def _objection_to_profiler(self, tool: str) -> str | None:
        if tool in _OF_A_LOG and self.settings.event_log is not None:
            return None
        if tool in _OF_A_PLAN:
            return None if self.has_plan else "the project holds no text of a physical plan"
        return "no event log was named; --event-log names one"


def _handle(*, is_required: bool) -> JsonValue:
    word: dict[str, JsonValue] = {"type": "string", "enum": [HANDLE]}
    told: dict[str, JsonValue] = {"description": "the Spark event log of a run of this code, which the user named"}
    return {**word, **told} if is_required else {"anyOf": [word, {"type": "null"}], "default": None, **told}


def _untitled(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The schema without the titles that repeat its names: they are tokens in every request."""
    return {key: _without_titles(value) for key, value in schema.items() if key != "title"}


def _without_titles(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_without_titles(item) for item in value]
    if isinstance(value, dict):
        # An argument that is called `title` has a schema for its value, and no text.
        return {
            key: _without_titles(item) for key, item in value.items() if not (key == "title" and isinstance(item, str))
        }
    return value
