"""Reads declarative pipelines from a target's merged view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.code.bundle.compute import Compute, cluster_compute, parse_runtime
from orchestrator.code.bundle.identities import identity, permissions
from orchestrator.code.bundle.model import Pipeline
from orchestrator.code.bundle.parameters import named_parameters

if TYPE_CHECKING:
    from orchestrator.code.bundle.model import CodePath
    from orchestrator.code.bundle.paths import Tree
    from orchestrator.code.yaml import YamlMap

_SOURCE_SUFFIXES = (".py", ".sql", ".ipynb")


def read_pipeline(key: str, node: YamlMap, *, tree: Tree) -> Pipeline:
    """The pipeline that the map describes."""
    libraries = tuple(_libraries(node, tree))
    files = (path for library in libraries for path in tree.files(library))
    clusters = tuple(cluster_compute(each, "pipeline", key=each.text("label")) for each in node.maps("clusters"))
    return Pipeline(
        key=key,
        name=node.text("name"),
        catalog=node.text("catalog"),
        schema=node.text("schema"),
        target=node.text("target"),
        serverless=node.boolean("serverless"),
        continuous=node.boolean("continuous"),
        development=node.boolean("development"),
        channel=node.text("channel"),
        libraries=libraries,
        files=tuple(dict.fromkeys(path for path in files if path.endswith(_SOURCE_SUFFIXES))),
        clusters=clusters,
        compute=_compute(node, clusters),
        configuration=named_parameters(node.map("configuration")),
        notifications=node.maps("notifications"),
        permissions=permissions(node),
        tags=node.map("tags"),
        run_as=identity(node.map("run_as")),
        node=node,
    )


def _libraries(node: YamlMap, tree: Tree) -> list[CodePath]:
    found = []
    for library in node.maps("libraries"):
        for kind, name in (("notebook", "path"), ("file", "path"), ("glob", "include")):
            settings = library.map(kind)
            code = tree.code(settings.scalar(name), node) if settings else None
            if code is not None:
                found.append(code)
    return found


def _compute(node: YamlMap, clusters: tuple[Compute, ...]) -> Compute:
    serverless = node.boolean("serverless") is True
    first = clusters[0] if clusters else None
    version = node.scalar("dbr_version")
    return Compute(
        kind="pipeline",
        serverless=serverless,
        runtime=parse_runtime(version.text) if version else None,
        runtime_node=version,
        autoscale=first.autoscale if first else None,
        num_workers=first.num_workers if first else None,
        policy_id=first.policy_id if first else None,
        node_type=first.node_type if first else None,
        spark_conf=first.spark_conf if first else None,
        custom_tags=first.custom_tags if first else None,
        init_scripts=first.init_scripts if first else (),
        node=first.node if first else None,
    )
