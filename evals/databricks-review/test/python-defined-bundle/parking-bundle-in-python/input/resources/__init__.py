"""The resources of the bundle, defined in Python because each car park gets a task of its own."""

from databricks.bundles.core import Bundle, Resources

from resources.occupancy import occupancy_job


def load_resources(bundle: Bundle) -> Resources:
    """Called by `databricks bundle`; the names are the resource keys."""
    resources = Resources()
    resources.add_job("occupancy", occupancy_job())
    return resources
