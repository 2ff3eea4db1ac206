"""Expressions of workflows, as far as ours use them: names, strings, `==`, `!=`, `!`, `&&`, `||` and `cancelled()`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

Contexts = Mapping[str, JsonValue]
_TOKEN = re.compile(r"\s*(==|!=|&&|\|\||!|\(|\)|'[^']*'|[A-Za-z_][\w.-]*)")
_PLACE = re.compile(r"\$\{\{(.*?)\}\}")


def filled(text: str, contexts: Contexts) -> str:
    """The text with its `${{ }}` replaced by what they are."""
    return _PLACE.sub(lambda found: _shown(evaluated(found[1], contexts)), text)


def holds(condition: str, contexts: Contexts) -> bool:
    """Whether an `if` holds."""
    inner = _PLACE.fullmatch(condition.strip())
    return bool(evaluated(inner[1] if inner is not None else condition, contexts))


def evaluated(expression: str, contexts: Contexts) -> JsonValue:
    """What an expression is.

    Raises:
        ValueError: it is not one that this runner knows.
    """
    tokens, place = [], 0
    while place < len(expression.rstrip()):
        found = _TOKEN.match(expression, place)
        if found is None:
            raise ValueError(f"this runner does not know the expression {expression!r}")
        tokens.append(found[1])
        place = found.end()
    reader = _Reader(tokens, contexts)
    value = reader.either()
    if reader.tokens:
        raise ValueError(f"this runner does not know the rest of {expression!r}: {reader.tokens}")
    return value


class _Reader:
    def __init__(self, tokens: list[str], contexts: Contexts) -> None:
        self.tokens = tokens
        self._contexts = contexts

    def either(self) -> JsonValue:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> JsonValue:
        value = self._compared()
        while self._takes("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> JsonValue:
        value = self._single()
        if self._takes("=="):
            return value == self._single()
        if self._takes("!="):
            return value != self._single()
        return value

    def _single(self) -> JsonValue:
        if self._takes("!"):
            return not self._single()
        if self._takes("("):
            value = self.either()
            self.tokens.remove(")")
            return value
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1]
        if token == "cancelled" and self.tokens[:2] == ["(", ")"]:
            del self.tokens[:2]
            return False
        return self._named(token)

    def _named(self, name: str) -> JsonValue:
        value: JsonValue = dict(self._contexts)
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return "" if value is None else value

    def _takes(self, token: str) -> bool:
        is_next = self.tokens[:1] == [token]
        if is_next:
            del self.tokens[0]
        return is_next


def _shown(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
