"""Steps of a preparation that learn from rows, and the calls that fit them."""

from __future__ import annotations

import ast
from typing import NamedTuple

from orchestrator.code.python import Call, PythonFile, as_call

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


class Fit(NamedTuple):
    """One step that was fitted: the call, and the class of the step."""

    call: Call
    step: str


def fitted(file: PythonFile, node: ast.expr) -> Fit | None:
    """The fit that an expression is: `step.fit_transform(data)` of a known class, on data that is no training part."""
    call = as_call(node)
    if call is None or call.name not in _FITS or call.receiver is None or not call.node.args:
        return None
    step = _class_of(file, call.receiver)
    if step is None or step not in _STEPS or _is_part(file, call.node.args[0]):
        return None
    return Fit(call, step)


def _is_part(file: PythonFile, data: ast.expr) -> bool:
    """Whether the data is a part of an earlier split: by a name with `train`, or as what a split returned."""
    names = [each for each in ast.walk(data) if isinstance(each, ast.Name)]
    if any("train" in name.id.lower() for name in names):
        return True
    made = (as_call(binding.value) for name in names[:1] for binding in file.definitions(name))
    return any(call is not None and "split" in call.name.lower() for call in made)


def _class_of(file: PythonFile, receiver: ast.expr) -> str | None:
    """The class of a step: of the call that makes it, or that the file assigns to the attribute everywhere."""
    if not isinstance(receiver, ast.Attribute):
        made = as_call(file.value_of(receiver))
        return made.name if made is not None else None
    text = ast.unparse(receiver)
    calls = [
        as_call(statement.value)
        for statement in file.nodes(ast.Assign)
        if any(isinstance(target, ast.Attribute) and ast.unparse(target) == text for target in statement.targets)
    ]
    names = {call.name if call is not None else None for call in calls}
    return names.pop() if len(names) == 1 else None
