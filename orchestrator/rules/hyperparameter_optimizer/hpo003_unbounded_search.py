"""The search for hyperparameters has no limit of trials or of time, so it never ends by itself.

What: `study.optimize(...)` of Optuna with neither `n_trials` nor `timeout`, and `fmin(...)` of Hyperopt with neither
`max_evals` nor `timeout`.

Why: both libraries go on until the process is killed. As a task of a job that is the job's timeout, or never: the
cluster is paid for as long as nobody looks, and the line after the search, which logs the best model, is never reached.

Silent when: a limit is given, arguments are unpacked, a callback or a threshold is given (it may end the search), the
file calls `stop()` on a study, or the file is a test.

Source: Optuna documentation, `Study.optimize`; Hyperopt, `fmin`.

Bad::

    import optuna

    study = optuna.create_study(direction="maximize")
    study.optimize(objective)

Bad::

    from hyperopt import fmin, tpe

    best = fmin(objective, space, algo=tpe.suggest)

Good::

    import optuna

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=50)
    study.optimize(objective, timeout=3600)
    study.optimize(objective, 50)

Good::

    from hyperopt import fmin, tpe

    best = fmin(objective, space, algo=tpe.suggest, max_evals=50)
    other = fmin(objective, space, tpe.suggest, 50)

Good: limits that are not seen here::

    import optuna

    study = optuna.create_study()
    study.optimize(objective, **limits)

Good: a callback may stop it::

    import optuna
    from optuna.study import MaxTrialsCallback

    study = optuna.create_study()
    study.optimize(objective, callbacks=[MaxTrialsCallback(50)])

Good: the objective stops it::

    import optuna

    def objective(trial):
        if trial.number > 50:
            trial.study.stop()
        return trial.suggest_float("x", 0, 1)

    study = optuna.create_study()
    study.optimize(objective)

Good: another `optimize`::

    import optuna

    portfolio.optimize(weights)

Good: a test::

    # file: tests/test_search.py
    import optuna

    study = optuna.create_study()
    study.optimize(objective)
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role
from orchestrator.code.searches import Search, searches
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="HPO003",
    name="unbounded-search",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://optuna.readthedocs.io/en/stable/reference/generated/optuna.study.Study.html",),
)
_LIMITS = {
    "optuna": ((1, "n_trials"), (2, "timeout"), (-1, "callbacks")),
    "hyperopt": ((3, "max_evals"), (4, "timeout"), (5, "loss_threshold"), (-1, "early_stop_fn")),
}


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every search without a limit."""
    if facts.role(file.path) is Role.TEST:
        return
    for search in searches(file):
        if search.call.unpacks or _is_limited(search) or any(True for _ in file.calls_named("stop")):
            continue
        first, second = (keyword for _, keyword in _LIMITS[search.library][:2])
        yield Hit(
            location=file.call_location(search.call),
            message=f"`{search.call.name}` has neither `{first}` nor `{second}`, so this search goes on until the "
            "process is killed; give it one of them",
            severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
        )


def _is_limited(search: Search) -> bool:
    return any(search.call.argument(place, keyword) is not None for place, keyword in _LIMITS[search.library])
