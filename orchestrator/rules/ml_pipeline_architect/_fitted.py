"""Where the data of a split comes from: the steps that were fitted on all of it before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.scopes import BindingKind

RESAMPLERS = frozenset(
    {"SMOTE", "SMOTENC", "SMOTEN", "BorderlineSMOTE", "SVMSMOTE", "KMeansSMOTE", "ADASYN", "SMOTEENN", "SMOTETomek",
     "RandomOverSampler"}
)  # fmt: skip
"""Steps that add rows made from others: copies and mixtures of one row land on both sides of the split."""
SUPERVISED = frozenset({"SelectKBest", "SelectPercentile", "SelectFromModel", "RFE", "RFECV", "TargetEncoder"})
"""Steps that look at the label."""
STATISTICS = frozenset(
    {"StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer",
     "SimpleImputer", "KNNImputer", "IterativeImputer", "PCA", "TruncatedSVD"}
)  # fmt: skip
_STEPS = RESAMPLERS | SUPERVISED | STATISTICS
_FITS = frozenset({"fit_transform", "fit_resample"})
_WRAPPERS = frozenset({"DataFrame", "array", "asarray", "csr_matrix", "hstack", "concat", "concatenate"})
_SAME = frozenset({"copy", "drop", "astype", "to_numpy", "toarray", "reset_index", "reindex", "fillna", "join", "dropna"})
_DEPTH = 25


class Fit(NamedTuple):
    """One step that was fitted: the call, and the class of the step."""

    call: Call
    step: str


def fits_before(file: PythonFile, split: Call) -> Iterator[Fit]:
    """The steps that were fitted on what the split divides, nearest first, each once."""
    seen: set[ast.Call] = set()
    for given in split.node.args:
        for fit in _sources(file, given, split, _DEPTH):
            if fit.call.node not in seen:
                seen.add(fit.call.node)
                yield fit


def _sources(file: PythonFile, node: ast.expr, split: Call, depth: int) -> Iterator[Fit]:
    """The fits behind an expression, through names, columns, copies and frames made of it."""
    if depth == 0 or isinstance(node, ast.Starred):
        return
    if isinstance(node, ast.Subscript | ast.Attribute):
        yield from _sources(file, node.value, split, depth - 1)
    elif isinstance(node, ast.Name):
        yield from _of_name(file, node, split, depth)
    elif isinstance(node, ast.Call):
        yield from _of_call(file, node, split, depth)


def _of_call(file: PythonFile, node: ast.Call, split: Call, depth: int) -> Iterator[Fit]:
    fit = fitted(file, node)
    if fit is not None:
        yield fit
        return
    call = as_call(node)
    if call is not None and call.name in _WRAPPERS:
        for given in node.args[:1]:
            parts = given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
            for part in parts:
                yield from _sources(file, part, split, depth - 1)
    elif call is not None and call.name in _SAME and call.receiver is not None:
        yield from _sources(file, call.receiver, split, depth - 1)


def _of_name(file: PythonFile, name: ast.Name, split: Call, depth: int) -> Iterator[Fit]:
    """The fits in the definitions of a name, and in assignments to columns of it that stand before the split."""
    found = file.definitions(name)
    if len(found) != 1 or found[0].kind not in {BindingKind.ASSIGN, BindingKind.UNPACK}:
        return
    binding = found[0]
    for target, value in _columns(file, name.id):
        after = getattr(binding.node, "lineno", 0) <= target.lineno < split.node.lineno
        if after and file.function(target) is file.function(split.node):
            fit = fitted(file, value)
            if fit is not None:
                yield fit
    if binding.value is not None:
        yield from _sources(file, binding.value, split, depth - 1)


def _columns(file: PythonFile, name: str) -> Iterator[tuple[ast.Subscript, ast.expr]]:
    """The assignments to columns of a frame: `frame[...] = value` and `frame.loc[...] = value`."""
    for statement in file.nodes(ast.Assign):
        for target in statement.targets:
            if not isinstance(target, ast.Subscript):
                continue
            base = target.value.value if isinstance(target.value, ast.Attribute) else target.value
            if isinstance(base, ast.Name) and base.id == name:
                yield target, statement.value


def fitted(file: PythonFile, node: ast.expr) -> Fit | None:
    """The fit that an expression is: `step.fit_transform(data)` of a known class, on data that is no training part."""
    call = as_call(node)
    if call is None or call.name not in _FITS or call.receiver is None or not call.node.args:
        return None
    made = as_call(file.value_of(call.receiver))
    step = made.name if made is not None and made.name in _STEPS else None
    base = next((each for each in ast.walk(call.node.args[0]) if isinstance(each, ast.Name)), None)
    if step is None or (base is not None and "train" in base.id.lower()):
        return None
    return Fit(call, step)
