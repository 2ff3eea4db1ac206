"""Defects of training and serving: leaks before a split, pickles of strangers, what is gone, routes and secrets."""

from planting import Mutator, edits

_FEATURES = """
from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup

fe = FeatureEngineeringClient()
store = fe.get_online_store(name="churn")
lookups = [FeatureLookup(table_name="main.ml.visits", lookup_key="customer_id")]
"""

_SPLIT = """
from imblearn.over_sampling import SMOTE
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

churn = spark.read.table("main.ml.churn").limit(10000).toPandas()
left = churn["left"]
scaler = StandardScaler()
visits = churn.drop("left", axis=1)
visits_train, visits_test, left_train, left_test = train_test_split(visits, left, random_state=1)
visits_train = scaler.fit_transform(visits_train)
score = LogisticRegression().fit(visits_train, left_train).score(scaler.transform(visits_test), left_test)
"""

_SEARCH = """
import mlflow
import optuna

study = optuna.create_study(direction="maximize")
study.optimize(objective, n_trials=30)
"""

_REGISTRY = """
from mlflow import MlflowClient

registry = MlflowClient(registry_uri="databricks-uc")
newest = max(registry.search_model_versions("name='main.ml.churn'"), key=by_number)
"""

_LOAD = """
import io
import json
import pickle

import joblib
import requests

answer = requests.get("https://models.corp.net/churn")
weights = json.loads(answer.text)
"""

_ENDPOINT = """
# file: databricks.yml
bundle:
  name: churn
resources:
  model_serving_endpoints:
    churn:
      name: churn
      config:
        served_entities:
          - name: current
            entity_name: main.ml.churn
            entity_version: "3"
            environment_vars:
              CRM_PASSWORD: "{{secrets/crm/password}}"
          - name: next
            entity_name: main.ml.churn
            entity_version: "4"
        traffic_config:
          routes:
            - served_entity_name: current
              traffic_percentage: 90
            - served_entity_name: next
              traffic_percentage: 10
"""

_SDK = """
from databricks.sdk.service.serving import Route, ServedEntityInput, TrafficConfig

entity = ServedEntityInput(entity_name="main.ml.churn", environment_vars={"CRM_API_KEY": "{{secrets/crm/key}}"})
traffic = TrafficConfig(routes=[Route(served_model_name="a", traffic_percentage=60), Route(traffic_percentage=40)])
"""

MUTATORS = (
    Mutator(
        rule="FST001",
        kind="python",
        clean=_FEATURES,
        edits=edits(
            (
                "the old package",
                "from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup",
                "from databricks.feature_store import FeatureStoreClient, FeatureLookup",
            ),
            (
                "the module",
                "from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup",
                "from databricks import feature_store",
            ),
            (
                "inside the package",
                "from databricks.feature_engineering import FeatureEngineeringClient, FeatureLookup",
                "from databricks.feature_store.entities.feature_lookup import FeatureLookup",
            ),
        ),
    ),
    Mutator(
        rule="FST002",
        kind="python",
        clean=_FEATURES,
        edits=edits(
            (
                "a table is read",
                'store = fe.get_online_store(name="churn")',
                'store = workspace.online_tables.get(name="main.ml.online")',
            ),
            (
                "a table is made",
                'store = fe.get_online_store(name="churn")',
                "store = workspace.online_tables.create(table=table)",
            ),
            (
                "a table is waited for",
                'store = fe.get_online_store(name="churn")',
                "store = workspace.online_tables.create_and_wait(table=table)",
            ),
            (
                "a request",
                'store = fe.get_online_store(name="churn")',
                'store = session.post(host + "/api/2.0/online-tables", json=table)',
            ),
        ),
    ),
    Mutator(
        rule="MLP001",
        kind="python",
        clean=_SPLIT,
        edits=edits(
            (
                "scaled first",
                'visits = churn.drop("left", axis=1)',
                'visits = scaler.fit_transform(churn.drop("left", axis=1))',
            ),
            (
                "imputed first",
                'visits = churn.drop("left", axis=1)',
                'visits = SimpleImputer().fit_transform(churn.drop("left", axis=1))',
            ),
            (
                "selected by the label",
                'visits = churn.drop("left", axis=1)',
                'visits = SelectKBest(k=4).fit_transform(churn.drop("left", axis=1), left)',
            ),
            (
                "rows made up",
                'visits = churn.drop("left", axis=1)',
                'visits, left = SMOTE().fit_resample(churn.drop("left", axis=1), left)',
            ),
            (
                "a column",
                "scaler = StandardScaler()",
                'scaler = StandardScaler()\nchurn["age"] = scaler.fit_transform(churn[["age"]])',
            ),
        ),
    ),
    Mutator(
        rule="HPO001",
        kind="python",
        clean=_SEARCH,
        edits=edits(
            ("names", "import optuna", "import optuna\nfrom hyperopt import fmin, hp, tpe"),
            ("the module", "import optuna", "import optuna\nimport hyperopt"),
            ("inside it", "import optuna", "import optuna\nfrom hyperopt.pyll import scope"),
        ),
    ),
    Mutator(
        rule="MLF001",
        kind="python",
        clean=_REGISTRY,
        edits=edits(
            (
                "of a model",
                "max(registry.search_model_versions(\"name='main.ml.churn'\"), key=by_number)",
                'registry.get_registered_model("main.ml.churn").latest_versions[0]',
            ),
            (
                "of a search",
                "max(registry.search_model_versions(\"name='main.ml.churn'\"), key=by_number)",
                "registry.search_registered_models()[0].latest_versions",
            ),
            (
                "in a loop",
                "max(registry.search_model_versions(\"name='main.ml.churn'\"), key=by_number)",
                "None\nfor model in registry.search_registered_models():\n    newest = model.latest_versions",
            ),
        ),
    ),
    Mutator(
        rule="MSC001",
        kind="python",
        clean=_LOAD,
        edits=edits(
            ("pickle", "json.loads(answer.text)", "pickle.loads(answer.content)"),
            ("a buffer", "json.loads(answer.text)", "joblib.load(io.BytesIO(answer.content))"),
            ("raw", "json.loads(answer.text)", "pickle.load(answer.raw)"),
        ),
    ),
    Mutator(
        rule="SRV002",
        kind="project",
        clean=_ENDPOINT,
        edits=edits(
            (
                "too much",
                "          routes:\n            - served_entity_name: current\n              traffic_percentage: 90",
                "          routes:\n            - served_entity_name: current\n              traffic_percentage: 9",
            ),
            ("a name that is none", "served_entity_name: next", "served_entity_name: nxt"),
        ),
    ),
    Mutator(
        rule="SRV002",
        kind="python",
        clean=_SDK,
        edits=edits(("too little", "traffic_percentage=60", "traffic_percentage=50")),
    ),
    Mutator(
        rule="SRV003",
        kind="project",
        clean=_ENDPOINT,
        edits=edits(("a variable", '"{{secrets/crm/password}}"', "Tr0ub4dor-and-3")),
    ),
    Mutator(
        rule="SRV003",
        kind="python",
        clean=_SDK,
        edits=edits(("a variable", '"{{secrets/crm/key}}"', '"q8Xv2mN7pR4sT9wZ1bC6dF3gH5jK0lQa"')),
    ),
)
