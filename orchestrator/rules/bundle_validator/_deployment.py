"""What the rules about production targets share: which targets they look at, and who deploys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.code.yaml import YamlMap

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Resource, Target
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location, Severity

_DEPLOYS = re.compile(r"bundle\s+deploy|databricks/[\w-]*bundle|deploy-bundle")
_PRINCIPAL = re.compile(
    r"(?:DATABRICKS|ARM|AZURE)_CLIENT_ID|azure/login|AzureCLI@2|(?:github|env|azure-devops)-oidc|azure-cli|SP_TOKEN"
    r"|service[_-]?principal|client[_-]secret",
    re.IGNORECASE,
)
_APPLICATION_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_OTHER_STAGE = re.compile(r"dev|test|tst|stag|stg|qa|uat|ci\b|demo|sandbox|local|lab|poc|pre")
_CURRENT_USER = "${workspace.current_user"
_SCRIPTS = (".yml", ".yaml", ".sh", ".toml", ".mk", "Makefile", "justfile", "Jenkinsfile")


def live_targets(bundle: Bundle) -> tuple[Target, ...]:
    """The targets that serve production: those named so, else those in production mode and named for no other stage."""
    declared = [target for target in bundle.targets if target.declared is not None and not target.is_development]
    named = tuple(target for target in declared if target.is_named_production)
    return named or tuple(
        target for target in declared if target.mode == "production" and not _OTHER_STAGE.search(target.name.lower())
    )


def deployed_from_ci(facts: Facts) -> bool:
    """Whether a CI definition or a script of the project deploys a bundle, so that one identity does it."""
    return any(_DEPLOYS.search(source.text) for source in facts.project.sources if _is_script(source.path))


def deployed_by_principal(facts: Facts) -> bool:
    """Whether whatever deploys the bundle signs in as a service principal."""
    return any(
        _DEPLOYS.search(source.text) and _PRINCIPAL.search(source.text)
        for source in facts.project.sources
        if _is_script(source.path)
    )


def names_principal(target: Target) -> bool:
    """Whether the target shows that a service principal owns it: in its root path or among its managers."""
    if _APPLICATION_ID.search(target.root_path or ""):
        return True
    managers = (entry.identity for entry in target.permissions if entry.level in {"CAN_MANAGE", "IS_OWNER"})
    return any(identity.service_principal for identity in managers)


def is_home_of(target: Target, name: str) -> bool:
    """Whether a target is deployed to the home folder of that user or principal, which others cannot write to."""
    return f"/Users/{name}/" in f"{target.root_path or ''}/"


def follows_deployer(text: str) -> bool:
    """Whether the text names whoever deploys."""
    return _CURRENT_USER in text


def in_home_of_deployer(path: str | None) -> bool:
    """Whether a root path differs from deployer to deployer; an absent one does."""
    return path is None or path.startswith("~") or follows_deployer(path)


def weighed(severity: Severity, bundle: Bundle) -> Severity:
    """The severity, milder where the bundle's own place says that it is an example or a test."""
    return severity if role_of(bundle.path).is_serious else severity.lowered()


def resource_location(target: Target, resource: Resource) -> Location:
    """The place of a resource's key."""
    section = target.node.at("resources", resource.kind)
    return section.key_location(resource.key) if isinstance(section, YamlMap) else resource.location


def names_of(targets: tuple[Target, ...]) -> str:
    """The targets' names for a message."""
    return ", ".join(f"`{target.name}`" for target in targets)


def _is_script(path: str) -> bool:
    return path.endswith(_SCRIPTS) and not path.endswith(("databricks.yml", "databricks.yaml"))
