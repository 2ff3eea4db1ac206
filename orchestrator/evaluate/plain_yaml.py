"""YAML of ours, read strictly: a key may stand once, and what is wrong is told with its place and in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import yaml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain_data(text: str) -> object:
    """The one document of the text.

    Raises:
        yaml.YAMLError: it does not parse, or a key stands twice in one map.
    """
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        _check_keys(node)
        return cast("object", loader.construct_document(node)) if node is not None else None
    finally:
        loader.dispose()


def yaml_problem(error: yaml.YAMLError) -> str:
    """One sentence on what does not parse, and where."""
    mark = getattr(error, "problem_mark", None)
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    place = f" at line {mark.line + 1}" if mark is not None else ""
    return f"the YAML does not parse{place}: {problem}"


def model_problem(error: ErrorDetails, data: object) -> str:
    """One sentence on a value that a model refuses, with the way to it; list entries are named by their ids."""
    way = _way(error["loc"], data)
    given = error["input"]
    shown = f"; it is {given!r}" if isinstance(given, str | int | float | bool) and error["type"] != "missing" else ""
    said = {"missing": "is missing", "extra_forbidden": "is no field of it"}.get(error["type"])
    message = said or error["msg"][:1].lower() + error["msg"][1:]
    return f"{way or 'the file'} {message}{'' if said else shown[:120]}"


def _way(location: tuple[int | str, ...], data: object) -> str:
    parts: list[str] = []
    for step in location:
        data = _under(data, step)
        name = data.get("id") if isinstance(step, int) and isinstance(data, dict) else None
        if isinstance(name, str):
            parts[-1:] = [name]
        elif isinstance(step, int):
            parts.append(f"[{step + 1}]")
        else:
            parts.append(f".{step}" if parts else step)
    return "".join(parts)


def _under(data: object, step: int | str) -> object:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _check_keys(root: yaml.Node | None) -> None:
    waiting = [root] if root is not None else []
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            _check_map(node)
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _check_map(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if str(key.value) in seen:
            raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark)
        seen.add(str(key.value))
