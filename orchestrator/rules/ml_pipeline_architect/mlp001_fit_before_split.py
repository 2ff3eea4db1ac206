"""A scaler, imputer, selector or resampler is fitted on all rows before they are split into training and test.

What: `train_test_split` of data that comes from `fit_transform` or `fit_resample` of a step that learns from the rows
(scalers, imputers, PCA, selection by the label, SMOTE and its like), through names, columns and frames.

Why: the test rows have shaped what the model is trained on, so the metric on them is too good and the model is worse in
production than it was reported. With a resampler the same row, or a mixture of it, stands on both sides.

Severity: high for resamplers and for steps that look at the label; medium for the others; one lower in demos.

Silent when: the step is fitted on a training part (a name with `train`, or what an earlier split returned), the step
learns nothing that leaks (one-hot and label encoders), it stands in a `Pipeline` or `ColumnTransformer` that is
fitted after the split, its class is not known, the test part is never read again, the split only draws a sample, or
the file is a test.

Source: scikit-learn documentation, common pitfalls: data leakage; imbalanced-learn documentation, common pitfalls.

Bad::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    scaled = scaler.fit_transform(features)
    x_train, x_test, y_train, y_test = train_test_split(scaled, label, test_size=0.2)
    score = model.fit(x_train, y_train).score(x_test, y_test)

Bad: rows are made up first::

    from imblearn.over_sampling import SMOTE
    from sklearn.model_selection import train_test_split

    balanced, labels = SMOTE(random_state=1).fit_resample(features, label)
    x_train, x_test, y_train, y_test = train_test_split(balanced, labels, test_size=0.2)
    score = model.fit(x_train, y_train).score(x_test, y_test)

Bad: some columns of a frame::

    from sklearn.impute import SimpleImputer
    from sklearn.model_selection import train_test_split

    frame = spark.table("main.churn.features").toPandas()
    frame[columns] = SimpleImputer(strategy="median").fit_transform(frame[columns])
    features = frame.drop("churned", axis=1)
    train, test = train_test_split(features, test_size=0.2)
    evaluate(fit(train), test)

Bad: a frame of the result::

    import pandas as pd
    from sklearn.feature_selection import SelectKBest
    from sklearn.model_selection import train_test_split

    chosen = pd.DataFrame(SelectKBest(k=10).fit_transform(features, label))
    x_train, x_test, y_train, y_test = train_test_split(chosen, label)
    score = model.fit(x_train, y_train).score(x_test, y_test)

Bad: kept in an attribute::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import MinMaxScaler

    class Trainer:
        def fit(self, frame, label):
            self.scaler = MinMaxScaler()
            scaled = self.scaler.fit_transform(frame)
            x_train, x_test, y_train, y_test = train_test_split(scaled, label)
            return self.model.fit(x_train, y_train).score(x_test, y_test)

Good: split first::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    x_train, x_test, y_train, y_test = train_test_split(features, label, test_size=0.2)
    scaler = StandardScaler()
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.transform(x_test)

Good: a second split, of the training part::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    x_train, x_test, y_train, y_test = train_test_split(features, label)
    scaled = StandardScaler().fit_transform(x_train)
    x_fit, x_valid, y_fit, y_valid = train_test_split(scaled, y_train)
    score = model.fit(x_fit, y_fit).score(x_valid, y_valid)

Good: a part by another name, and by its rows::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    x_dev, x_test, y_dev, y_test = train_test_split(features, label)
    scaled = StandardScaler().fit_transform(x_dev)
    x_fit, x_valid, y_fit, y_valid = train_test_split(scaled, y_dev)
    score = model.fit(x_fit, y_fit).score(x_valid, y_valid)
    some = StandardScaler().fit_transform(features[train_rows])
    x_fit, x_valid = train_test_split(some)
    evaluate(fit(x_fit), x_valid)

Good: a sample to draw::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    scaled = StandardScaler().fit_transform(features)
    _, sample = train_test_split(scaled, test_size=0.1)
    plot(sample)

Good: a pipeline::

    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x_train, x_test, y_train, y_test = train_test_split(features, label)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x_train, y_train)

Good: an encoder of labels::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import LabelEncoder

    label = LabelEncoder().fit_transform(frame["segment"])
    x_train, x_test, y_train, y_test = train_test_split(frame[columns], label)
    score = model.fit(x_train, y_train).score(x_test, y_test)

Good: a step of one's own::

    from sklearn.model_selection import train_test_split

    x_train, x_test = train_test_split(cleaner.fit_transform(frame))
    evaluate(fit(x_train), x_test)

Good: scaled after the split, under the same name::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    train, test = train_test_split(frame)
    frame[columns] = StandardScaler().fit_transform(frame[columns])
    evaluate(fit(train), test)

Good: nothing is measured::

    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    scaled = StandardScaler().fit_transform(features)
    x_train, x_test, y_train, y_test = train_test_split(scaled, label)
    model.fit(x_train, y_train)

Good: a test::

    # file: tests/test_model.py
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    train, test = train_test_split(StandardScaler().fit_transform(frame))
    evaluate(fit(train), test)
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.ml_pipeline_architect._fitted import fits_before, measures_later
from orchestrator.rules.ml_pipeline_architect._steps import RESAMPLERS, SUPERVISED, Fit
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MLP001",
    name="fit-before-split",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://scikit-learn.org/stable/common_pitfalls.html",
        "https://imbalanced-learn.org/stable/common_pitfalls.html",
    ),
)
_SPLIT = "train_test_split"


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every step that is fitted on what is split afterwards."""
    if not file.imports_any("sklearn") or facts.role(file.path) is Role.TEST:
        return
    seen = set()
    for split in file.calls_named(_SPLIT):
        if not (file.dotted(split.node.func) or "").endswith(f"model_selection.{_SPLIT}"):
            continue
        if not measures_later(file, split):
            continue
        for fit in fits_before(file, split):
            if fit.call.node in seen:
                continue
            seen.add(fit.call.node)
            strong = fit.step in RESAMPLERS | SUPERVISED
            severity = Severity.HIGH if strong else Severity.MEDIUM
            yield Hit(
                location=file.call_location(fit.call),
                message=_message(fit, split.node.lineno),
                severity=severity.lowered(0 if facts.role(file.path).is_serious else 1),
            )


def _message(fit: Fit, line: int) -> str:
    what = "the same rows, or mixtures of them, land on both sides" if fit.step in RESAMPLERS else "test rows shape it"
    return (
        f"`{fit.step}` is fitted on all rows, and line {line} splits them afterwards: {what}, and the metric on the "
        "test part is too good; split first and fit on the training part"
    )
