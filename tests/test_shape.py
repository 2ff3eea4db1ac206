"""The shape of the source: sizes, nesting, names and places, with a message that says how to mend each breach.

Nesting counts compound statements (`if`, `for`, `while`, `with`, `try`, `match`) inside one function; `elif`, `else`,
`except` and `case` stay at the level of the statement they belong to, and a nested function starts again at zero.
A `try` body counts its statements at every depth.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FILE_LINES = 400
SMALL_FILE_LINES = 150
FUNCTION_LINES = 50
NESTING = 3
TRY_STATEMENTS = 5
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})

SPECIALISTS = frozenset(
    {
        "pyspark_optimizer",
        "delta_lake_expert",
        "data_quality_sentinel",
        "pipeline_architect",
        "unity_catalog_expert",
        "security_guardian",
        "cost_analyzer",
        "streaming_specialist",
        "data_product_architect",
        "delta_sharing_expert",
        "data_contract_validator",
        "sla_guardian",
        "bundle_validator",
        "deployment_strategist",
        "notebook_reviewer",
        "workflow_orchestrator",
        "pytest_databricks",
        "mlflow_reviewer",
        "mlflow_expert",
        "feature_store_specialist",
        "model_monitoring_expert",
        "hyperparameter_optimizer",
        "ml_pipeline_architect",
        "model_serving_specialist",
        "ml_security_guardian",
        "automl_expert",
        "compliance_auditor",
        "data_privacy_guardian",
        "access_control_specialist",
        "data_classification_expert",
        "lineage_tracker",
        "encryption_specialist",
        "audit_log_analyzer",
        "policy_enforcer",
    }
)

COMPOUND = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Module:
    """One Python file: its path from the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def parts(self) -> tuple[str, ...]:
        """The names on the way from the root."""
        return Path(self.path).parts


Check = Callable[[Module], Iterator[str]]


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method of the tree, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_rule(module: Module) -> bool:
    """Whether the file is in a specialist's folder."""
    return module.parts[:2] == ("orchestrator", "rules") and len(module.parts) > 3


def is_command_line(module: Module) -> bool:
    """Whether the file belongs to the command line."""
    return module.parts[:2] == ("orchestrator", "cli")


def file_length(module: Module) -> Iterator[str]:
    """A file longer than its place allows; a rule's docstring is its page and its test, and does not count."""
    lines = module.text.count("\n") - (page_length(module.tree) if is_rule(module) else 0)
    limit = SMALL_FILE_LINES if is_command_line(module) or is_rule(module) else FILE_LINES
    if lines > limit:
        yield f"{module.path}:1: {lines} lines, at most {limit}: move one subject into a file of its own"


def page_length(tree: ast.Module) -> int:
    """The lines of a module's docstring."""
    first = tree.body[0] if tree.body else None
    if ast.get_docstring(tree) is None or first is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def function_length(module: Module) -> Iterator[str]:
    """A function longer than a screen."""
    for function in functions(module.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES:
            yield (
                f"{module.path}:{function.lineno}: {function.name}() has {lines} lines, at most {FUNCTION_LINES}: "
                "name its parts"
            )


def nesting(module: Module) -> Iterator[str]:
    """A function with too many compound statements inside each other."""
    for function in functions(module.tree):
        depth = max((deepest(child, 0) for child in function.body), default=0)
        if depth > NESTING:
            yield (
                f"{module.path}:{function.lineno}: {function.name}() nests {depth} deep, at most {NESTING}: "
                "leave early or name the inner part"
            )


def deepest(node: ast.AST, depth: int) -> int:
    """How deep compound statements stand inside each other at and below the node."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return depth
    inner = depth + isinstance(node, COMPOUND)
    return max(
        (deepest(child, depth if is_elif(node, child) else inner) for child in ast.iter_child_nodes(node)),
        default=inner,
    )


def is_elif(parent: ast.AST, child: ast.AST) -> bool:
    """Whether the child is written as `elif` of its parent: alone in `else`, and not indented."""
    return (
        isinstance(parent, ast.If)
        and isinstance(child, ast.If)
        and parent.orelse == [child]
        and child.col_offset == parent.col_offset
    )


def try_body(module: Module) -> Iterator[str]:
    """A `try` around more than the lines that may fail."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Try | ast.TryStar):
            continue
        statements = sum(isinstance(inner, ast.stmt) for outer in node.body for inner in ast.walk(outer))
        if statements > TRY_STATEMENTS:
            yield (
                f"{module.path}:{node.lineno}: {statements} statements inside `try`, at most {TRY_STATEMENTS}: "
                "keep what can fail, or make it a function"
            )


def vague_name(module: Module) -> Iterator[str]:
    """A module or folder that is named for nothing in particular."""
    for part in Path(module.path).with_suffix("").parts:
        if part.strip("_") in VAGUE_NAMES:
            yield f"{module.path}:1: {part!r} says nothing: name the file for the one thing in it"


def printing(module: Module) -> Iterator[str]:
    """A `print` outside the command line."""
    if is_command_line(module) or module.parts[0] != "orchestrator":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"{module.path}:{node.lineno}: print() outside orchestrator/cli: return the text, or log it"


def untyped_dictionary(module: Module) -> Iterator[str]:
    """A public function that takes or returns `dict[str, Any]`."""
    for function in functions(module.tree):
        if function.name.startswith("_"):
            continue
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        annotations = [argument.annotation for argument in every] + [function.returns]
        if any("dict[str, Any]" in ast.unparse(annotation) for annotation in annotations if annotation is not None):
            yield (
                f"{module.path}:{function.lineno}: {function.name}() passes dict[str, Any]: "
                "parse it into a frozen dataclass first"
            )


def unknown_specialist(module: Module) -> Iterator[str]:
    """A rule folder that is named for none of the 34 specialists."""
    if is_rule(module) and module.parts[2] not in SPECIALISTS:
        yield f"{module.path}:1: {module.parts[2]!r} is none of the 34 specialists: use its owner's folder"


CHECKS: tuple[Check, ...] = (
    file_length,
    function_length,
    nesting,
    try_body,
    vague_name,
    printing,
    untyped_dictionary,
    unknown_specialist,
)


def parsed(path: str, text: str) -> Module:
    """The module with its tree."""
    return Module(path=path, text=text, tree=ast.parse(text, filename=path))


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """Every Python file that the shape holds for."""
    files = [path for folder in ("orchestrator", "tools", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [parsed(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_source_keeps_the_shape(check: Check, modules: list[Module]) -> None:
    found = [breach for module in modules for breach in check(module)]
    assert not found, "\n" + "\n".join(found)


def test_only_orchestrator_is_a_package() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == {"orchestrator"}, (
        "content folders hold no __init__.py: as packages they would overwrite those of others"
    )


def test_there_are_34_specialists() -> None:
    assert len(SPECIALISTS) == 34


IN_A_FUNCTION = "def outer():\n"
FOUR_DEEP = (
    IN_A_FUNCTION
    + "    if a:\n        for b in c:\n            while d:\n                with e:\n                    pass\n"
)
SIX_TRIED = "try:\n    a = 1\n    if a:\n        b = 2\n        c = 3\n        d = 4\n    e = 5\nfinally:\n    pass\n"


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (file_length, "orchestrator/code/python.py", "a = 1\n" * 401),
        (file_length, "orchestrator/cli/rules.py", "a = 1\n" * 151),
        (file_length, "orchestrator/rules/cost_analyzer/cst001_x.py", "a = 1\n" * 151),
        (function_length, "orchestrator/code/python.py", IN_A_FUNCTION + "    a = 1\n" * 50),
        (nesting, "orchestrator/code/python.py", FOUR_DEEP),
        (try_body, "orchestrator/code/python.py", SIX_TRIED),
        (vague_name, "orchestrator/code/utils.py", ""),
        (vague_name, "orchestrator/common/names.py", ""),
        (printing, "orchestrator/report/text.py", "print('x')\n"),
        (untyped_dictionary, "orchestrator/code/bundle.py", "def load() -> dict[str, Any]: ...\n"),
        (untyped_dictionary, "orchestrator/code/bundle.py", "def load(*, seen: list[dict[str, Any]]) -> int: ...\n"),
        (unknown_specialist, "orchestrator/rules/spark_wizard/spw001_x.py", ""),
    ],
)
def test_check_reports_what_it_is_for(check: Check, path: str, text: str) -> None:
    assert len(list(check(parsed(path, text)))) == 1


ELIF_CHAIN = IN_A_FUNCTION + "    if a:\n        pass\n" + "    elif b:\n        pass\n" * 8
NESTED_FUNCTION = (
    IN_A_FUNCTION
    + "    if a:\n        if b:\n            if c:\n                def inner():\n                    if d: pass\n"
)


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (file_length, "orchestrator/code/python.py", "a = 1\n" * 400),
        (file_length, "orchestrator/rules/engine.py", "a = 1\n" * 151),
        (function_length, "orchestrator/code/python.py", IN_A_FUNCTION + "    a = 1\n" * 49),
        (nesting, "orchestrator/code/python.py", ELIF_CHAIN),
        (nesting, "orchestrator/code/python.py", NESTED_FUNCTION),
        (try_body, "orchestrator/code/python.py", "try:\n    a = 1\nfinally:\n" + "    b = 2\n" * 9),
        (printing, "orchestrator/cli/review.py", "print('x')\n"),
        (untyped_dictionary, "orchestrator/code/bundle.py", "def _load() -> dict[str, Any]: ...\n"),
        (unknown_specialist, "orchestrator/rules/cost_analyzer/cst001_x.py", ""),
        (unknown_specialist, "orchestrator/rules/engine.py", ""),
    ],
)
def test_check_is_silent_about_what_is_allowed(check: Check, path: str, text: str) -> None:
    assert list(check(parsed(path, text))) == []
