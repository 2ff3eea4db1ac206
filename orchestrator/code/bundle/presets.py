"""What a target's mode and presets make of its resources: names, tags, paused triggers, runs at a time.

The rules are those of the CLI: mode development means the prefix `[dev NAME] `, the tag `dev`, four runs at a time,
paused triggers and pipelines in development mode, each unless a preset or the resource itself says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from orchestrator.code.bundle.target import Bundle, Target

_OTHER = re.compile(r"[^\w]|_", re.UNICODE)
_DEVELOPMENT_RUNS = 4
_STARTS = ("schedule", "trigger", "continuous")


@dataclass(frozen=True, kw_only=True)
class Presets:
    """The presets of one target for one person; `pause` is PAUSED, UNPAUSED or empty."""

    prefix: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    pause: str = ""
    runs: int = 0
    development: bool = False
    prefix_schemas: bool = True

    @classmethod
    def of(cls, bundle: Bundle, target: Target, short_name: str) -> Presets:
        """The presets of a target for the person of that short name."""
        given, developing = target.presets, target.mode == "development"
        own = {key: str(value) for key, value in _texts(target).items()}
        prefix = given.text("name_prefix") if given else None
        runs = given.integer("jobs_max_concurrent_runs") if given else None
        develops = given.boolean("pipelines_development") if given else None
        return cls(
            prefix=prefix if prefix is not None else f"[dev {short_name}] " if developing else "",
            tags={**({"dev": short_name} if developing else {}), **own},
            pause=((given.text("trigger_pause_status") if given else None) or ("PAUSED" if developing else "")).upper(),
            runs=runs if runs is not None else _DEVELOPMENT_RUNS if developing else 0,
            development=develops if develops is not None else developing,
            prefix_schemas=not _flag(bundle),
        )

    def named(self, kind: str, name: str) -> str:
        """The name that a resource is deployed under."""
        if kind in {"jobs", "pipelines"}:
            return f"{self.prefix}{name}"
        if kind == "schemas" and self.prefix_schemas and self.prefix:
            return f"{_plain(self.prefix)}{name}"
        return name

    def laid_on(self, kind: str, key: str, settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """The settings of a resource with the presets, and what every job has."""
        found = {**settings, "name": self.named(kind, str(settings.get("name") or key))}
        if kind in {"jobs", "pipelines"} and (self.tags or "tags" in found):
            own = found.get("tags")
            found["tags"] = {**self.tags, **(own if isinstance(own, dict) else {})}
        if kind == "pipelines":
            return self._pipeline(found)
        return self._job(found) if kind == "jobs" else found

    def _pipeline(self, settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
        more: dict[str, JsonValue] = {"development": True} if self.development else {}
        if self.pause == "PAUSED" and settings.get("continuous"):
            more["continuous"] = False
        return {**settings, **more}

    def _job(self, settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
        settings.setdefault("queue", {"enabled": True})
        settings.setdefault("max_concurrent_runs", self.runs or 1)
        for name in _STARTS:
            start = settings.get(name)
            if self.pause and isinstance(start, dict) and not start.get("pause_status"):
                settings[name] = {**start, "pause_status": self.pause}
        return settings


def short_name(user_name: str) -> str:
    """The short name of a person: the part before the @, in small letters, with `_` for everything else."""
    return _OTHER.sub("_", user_name.partition("@")[0].lower())


def _plain(prefix: str) -> str:
    """`[dev ada] ` as it stands before the name of a schema: `dev_ada_`."""
    inner = prefix.replace("[", "").strip(" ")
    return _OTHER.sub("_", inner.rstrip("]").lower()) + ("_" if inner.endswith("]") else "")


def _texts(target: Target) -> dict[str, str]:
    tags = target.presets.map("tags") if target.presets else None
    return {key: tags.text(key) or "" for key in tags} if tags else {}


def _flag(bundle: Bundle) -> bool:
    section = bundle.root.map("experimental")
    return bool(section and section.boolean("skip_name_prefix_for_schema"))
