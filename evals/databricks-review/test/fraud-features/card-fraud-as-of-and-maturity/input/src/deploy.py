# Databricks notebook source
# Gives the new version a share of the traffic; a person moves the rest after a week.
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.serving import Route, ServedEntityInput, TrafficConfig

catalog = dbutils.widgets.get("catalog")
model = f"{catalog}.fraud.card_model"
new_version = str(dbutils.jobs.taskValues.get(taskKey="choose_model", key="version", debugValue="1"))
workspace = WorkspaceClient()

# COMMAND ----------

endpoint = workspace.serving_endpoints.get("card-fraud")
current_version = next(entity.entity_version for entity in endpoint.config.served_entities if entity.name == "current")

# COMMAND ----------

def served(name: str, version: str) -> ServedEntityInput:
    """One served version; the endpoint answers authorisations and must not scale to zero."""
    return ServedEntityInput(name=name, entity_name=model, entity_version=version, workload_size="Small", scale_to_zero_enabled=False)


workspace.serving_endpoints.update_config_and_wait(
    name="card-fraud",
    served_entities=[served("current", current_version), served("challenger", new_version)],
    traffic_config=TrafficConfig(routes=[
        Route(served_model_name="current", traffic_percentage=90),
        Route(served_model_name="challenger", traffic_percentage=5),
    ]),
)
