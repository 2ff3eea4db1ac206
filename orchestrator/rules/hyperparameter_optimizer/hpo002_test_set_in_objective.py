"""The objective of a search is scored on the test set, on which the winner is reported afterwards.

What: an objective of Optuna or Hyperopt that predicts or scores on data named as the test part (`x_test`, `test_df`),
which the same file uses again after the search to measure the model.

Why: a search of a hundred trials picks the parameters that fit this very test set best. The number that is reported
then is the best of a hundred tries and no estimate: in production the model does worse, and the gate that compared the
number let it pass.

Silent when: the part is made inside the objective (a split of the training rows for each trial), it comes in as a
parameter, nothing after the search measures on it (it is a validation set with an unlucky name), or the file is a test.

Severity: high; one lower in demos.

Source: scikit-learn documentation, cross-validation: evaluating estimator performance.

Bad::

    import optuna
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split

    x_train, x_test, y_train, y_test = train_test_split(features, label)

    def objective(trial):
        model = build(trial.suggest_int("depth", 2, 8)).fit(x_train, y_train)
        return roc_auc_score(y_test, model.predict_proba(x_test)[:, 1])

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)
    best = build(**study.best_params).fit(x_train, y_train)
    print(roc_auc_score(y_test, best.predict_proba(x_test)[:, 1]))

Bad: with Hyperopt::

    from hyperopt import fmin, tpe

    train_df, test_df = frame.randomSplit([0.8, 0.2], seed=1)

    def objective(params):
        return {"loss": evaluator.evaluate(build(params).fit(train_df).transform(test_df)), "status": "ok"}

    best = fmin(objective, space, algo=tpe.suggest, max_evals=50)
    final = build(best).fit(train_df)
    mlflow.log_metric("test_rmse", evaluator.evaluate(final.transform(test_df)))

Good: a validation set for the search::

    import optuna
    from sklearn.metrics import roc_auc_score

    def objective(trial):
        model = build(trial.suggest_int("depth", 2, 8)).fit(x_train, y_train)
        return roc_auc_score(y_valid, model.predict_proba(x_valid)[:, 1])

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)
    best = build(**study.best_params).fit(x_train, y_train)
    print(roc_auc_score(y_test, best.predict_proba(x_test)[:, 1]))

Good: a split of its own for each trial::

    import optuna
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split

    def objective(trial):
        x_fit, x_test, y_fit, y_test = train_test_split(x_train, y_train)
        model = build(trial.suggest_int("depth", 2, 8)).fit(x_fit, y_fit)
        return roc_auc_score(y_test, model.predict_proba(x_test)[:, 1])

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)

Good: a validation set with an unlucky name::

    import optuna
    from sklearn.metrics import roc_auc_score

    x_train, x_test, y_train, y_test = split(features, label)

    def objective(trial):
        model = build(trial.suggest_int("depth", 2, 8)).fit(x_train, y_train)
        return roc_auc_score(y_test, model.predict_proba(x_test)[:, 1])

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)
    best = build(**study.best_params).fit(features, label)

Good: a parameter::

    import functools

    import optuna

    def objective(trial, x_test, y_test):
        return build(trial).score(x_test, y_test)

    study = optuna.create_study()
    study.optimize(functools.partial(objective, x_test=x_valid, y_test=y_valid), n_trials=10)
    print(build(study.best_trial).score(x_test, y_test))

Good: a test::

    # file: tests/test_search.py
    import optuna

    x_test = load()

    def objective(trial):
        return build(trial).score(x_test)

    study = optuna.create_study()
    study.optimize(objective, n_trials=10)
    print(build(study.best_trial).score(x_test))
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role
from orchestrator.code.searches import Search, searches
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="HPO002",
    name="test-set-in-objective",
    severity=Severity.HIGH,
    default=False,
    references=("https://scikit-learn.org/stable/modules/cross_validation.html",),
)
_TEST = re.compile(
    r"(?:\A|_)(?:test|holdout)(?:\Z|_(?:df|x|y|set|data|features|labels?|scaled|pool|pd|sdf)\Z)", re.IGNORECASE
)
_MEASURES = frozenset({"predict", "predict_proba", "score", "evaluate", "transform", "decision_function"})


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every objective that measures on a test part which is measured on again."""
    if facts.role(file.path) is Role.TEST:
        return
    for search in searches(file):
        used = next(_reused(file, search), None)
        if used is None:
            continue
        node, later = used
        yield Hit(
            location=file.location(node),
            message=f"the search scores its trials on `{node.id}`, and line {later.lineno} measures the model on it "
            "again: that number is the best of all trials and no estimate; search on a validation part",
            severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
        )


def _reused(file: PythonFile, search: Search) -> Iterator[tuple[ast.Name, ast.Name]]:
    """Pairs of a measured use of a test part inside the objective and one of the same part after the search."""
    if search.objective is None:
        return
    inside: list[ast.Name] = []
    later: dict[str, ast.Name] = {}
    for node in _measured(file):
        if search.objective in file.ancestors(node):
            inside.append(node)
        elif node.lineno > search.call.node.lineno:
            later.setdefault(node.id, node)
    for node in inside:
        if node.id in later and _comes_from_outside(file, node, search.objective):
            yield node, later[node.id]


def _measured(file: PythonFile) -> Iterator[ast.Name]:
    """The names of test parts that a model predicts, scores or transforms, in source order."""
    for call in sorted(file.calls_named(*_MEASURES), key=lambda call: call.node.lineno):
        for given in call.node.args:
            base = given.value if isinstance(given, ast.Subscript | ast.Attribute) else given
            if isinstance(base, ast.Name) and _TEST.search(base.id):
                yield base


def _comes_from_outside(file: PythonFile, node: ast.Name, objective: FunctionNode) -> bool:
    """Whether the name is given its value outside the objective, and not as one of its parameters."""
    found = file.definitions(node)
    return bool(found) and all(
        binding.node is not objective and objective not in file.ancestors(binding.node) for binding in found
    )
