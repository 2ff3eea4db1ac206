"""A model is registered without a signature, which Unity Catalog refuses.

What: `mlflow.<flavor>.log_model` with neither `signature` nor `input_example`, of a flavor that cannot infer one, when
the model is registered: by `registered_model_name`, or by `register_model` in the same function.

Why: Unity Catalog takes no model version without a signature, so the run trains for hours and fails at the last step.
Elsewhere the model is registered and served without any check of its input.

Severity: high where the registry is Unity Catalog (a name of three parts, `databricks-uc`, MLflow 3); one step lower
where it is not known; one more in tests and demos.

Silent when: arguments are unpacked (`**options`), the flavor infers a signature (LangChain, transformers, agents), a
`pyfunc` model has a typed `predict` or is defined elsewhere, the model is logged and not registered, the file says that
another MLflow server keeps the models (`set_tracking_uri("http://...")`, `MLFLOW_S3_ENDPOINT_URL`), or the receiver is
not MLflow (a method of one's own, `FeatureEngineeringClient` with its training set).

Source: Databricks documentation, manage model lifecycle in Unity Catalog; MLflow, model signatures.

Bad::

    import mlflow

    mlflow.set_registry_uri("databricks-uc")
    mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier")

Bad: registered afterwards::

    import mlflow

    def train(model):
        with mlflow.start_run():
            info = mlflow.xgboost.log_model(model, name="model")
        mlflow.register_model(info.model_uri, "main.churn.classifier")

Bad: a model of one's own without types::

    import mlflow

    class Scaled(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input):
            return model_input * 2

    mlflow.pyfunc.log_model(name="scaled", python_model=Scaled(), registered_model_name="main.churn.scaled")

Good: an example, from which MLflow infers the signature::

    import mlflow

    mlflow.sklearn.log_model(
        model, name="model", input_example=sample.head(1), registered_model_name="main.churn.classifier"
    )

Good: a signature among unpacked options::

    import mlflow

    options = {"signature": signature}
    mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier", **options)

Good: logged and never registered::

    import mlflow

    mlflow.sklearn.log_model(model, name="candidate")

Good: the name is given only at times, so that this may never register::

    import mlflow

    def log(model, name=None):
        mlflow.sklearn.log_model(model, name="model", registered_model_name=name)

Good: another client, and a method of one's own::

    import mlflow

    fe.log_model(model=model, artifact_path="model", training_set=training_set, registered_model_name="main.a.b")
    tracker.log_model(model, registered_model_name="main.churn.classifier")

Good: a server of one's own, without Unity Catalog::

    import mlflow

    mlflow.set_tracking_uri("http://mlflow.corp.net:5000")
    mlflow.sklearn.log_model(model, "model", registered_model_name="churn")

Good: a flavor with a signature of its own::

    import mlflow

    mlflow.langchain.log_model(lc_model="chain.py", name="chain", registered_model_name="main.churn.chain")

Good: types are the signature::

    import mlflow
    import pandas as pd

    class Scaled(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: list[float]) -> list[float]:
            return [value * 2 for value in model_input]

    mlflow.pyfunc.log_model(name="scaled", python_model=Scaled(), registered_model_name="main.churn.scaled")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.scopes import BindingKind
from orchestrator.rules.mlflow_reviewer._version import log_model_flavor, mlflow_major
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MLR001",
    name="model-without-signature",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.databricks.com/machine-learning/manage-model-lifecycle/",
        "https://mlflow.org/docs/latest/ml/model/signatures/",
    ),
)
_UNITY_CATALOG_IS_DEFAULT = 3
_WITHOUT_INFERENCE = frozenset(
    {"sklearn", "xgboost", "lightgbm", "catboost", "spark", "pytorch", "tensorflow", "keras", "statsmodels", "prophet",
     "pmdarima", "onnx", "h2o", "paddle", "spacy", "pyfunc"}
)  # fmt: skip
_OWN_SERVER = ("http://", "https://", "file:", "sqlite:", "postgresql", "mysql")
_OWN_STORE = "MLFLOW_S3_ENDPOINT_URL"
_DESCRIBES = frozenset({"signature", "input_example"})


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every model that is registered and has nothing to tell its signature."""
    if any(file.calls_named("log_model")) and _is_elsewhere(file):
        return
    for call in file.calls_named("log_model"):
        flavor = log_model_flavor(file, call)
        if flavor not in _WITHOUT_INFERENCE or _is_described(call):
            continue
        if flavor == "pyfunc" and not _is_untyped(file, call):
            continue
        name = _registered_name(file, call)
        if name is None:
            continue
        certain = _is_unity_catalog(file, facts, name)
        steps = int(not certain) + int(not facts.role(file.path).is_serious)
        yield Hit(
            location=file.call_location(call),
            message=f"this `{flavor}` model is registered without a signature, "
            f"{'which Unity Catalog refuses' if certain else 'which a registry in Unity Catalog refuses'}; "
            "pass `input_example=` or `signature=`",
            severity=RULE.severity.lowered(steps),
        )


def _is_elsewhere(file: PythonFile) -> bool:
    """Whether the file names an MLflow server that is not a Databricks workspace."""
    uris = [file.string(call.argument(0, "uri")) for call in file.calls_named("set_tracking_uri", "set_registry_uri")]
    if any(uri is not None and uri.startswith("databricks") for uri in uris):
        return False
    elsewhere = any(uri is not None and uri.startswith(_OWN_SERVER) for uri in uris)
    return elsewhere or _OWN_STORE in file.source.text


def _is_described(call: Call) -> bool:
    """Whether the call gives, or may give, a signature; a constant `None` gives none."""
    if call.unpacks:
        return True
    return any(given.arg in _DESCRIBES and not _is_none(given.value) for given in call.node.keywords)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _registered_name(file: PythonFile, call: Call) -> ast.expr | None:
    """The expression of the name under which the model is registered, or None."""
    given = next((given.value for given in call.node.keywords if given.arg == "registered_model_name"), None)
    if given is not None:
        return None if _may_be_none(file, given) else given
    scope = file.function(call.node)
    later = [
        register
        for register in file.calls_named("register_model")
        if file.dotted(register.node.func) == "mlflow.register_model"
        and file.function(register.node) is scope
        and register.node.lineno > call.node.lineno
    ]
    logged = [other for other in file.calls_named("log_model") if file.function(other.node) is scope]
    return later[0].argument(1, "name") if len(later) == 1 and len(logged) == 1 else None


def _may_be_none(file: PythonFile, name: ast.expr) -> bool:
    """Whether a name is given only at times: by a condition, a look-up or a parameter that falls back to None."""
    value = file.value_of(name)
    if _is_none(name) or isinstance(value, ast.IfExp):
        return True
    if isinstance(value, ast.Call):
        return any(_is_none(given) for given in value.args)
    return isinstance(name, ast.Name) and any(
        binding.kind is BindingKind.PARAMETER and binding.value is not None and _is_none(binding.value)
        for binding in file.definitions(name)
    )


def _is_unity_catalog(file: PythonFile, facts: Facts, name: ast.expr) -> bool:
    if (file.pattern(name) or "").count(".") == 2:
        return True
    registries = [file.string(call.argument(0, "uri")) for call in file.calls_named("set_registry_uri")]
    if registries:
        return "databricks-uc" in registries
    return mlflow_major(file, facts) == _UNITY_CATALOG_IS_DEFAULT


def _is_untyped(file: PythonFile, call: Call) -> bool:
    """Whether the model's class is known and its `predict` says nothing of its input."""
    model = next((given.value for given in call.node.keywords if given.arg == "python_model"), None)
    made = as_call(file.value_of(model)) if model is not None else None
    found = next((node for node in file.nodes(ast.ClassDef) if made is not None and node.name == made.name), None)
    if found is None or not any((file.dotted(base) or "").endswith("PythonModel") for base in found.bases):
        return False
    predict = next((node for node in found.body if isinstance(node, ast.FunctionDef) and node.name == "predict"), None)
    if predict is None:
        return False
    return not any(argument.annotation for argument in predict.args.args if argument.arg not in {"self", "context"})
