"""The serving endpoints of a bundle: what they serve, and where the traffic goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Target
    from orchestrator.code.yaml import YamlMap

_LISTS = ("served_entities", "served_models")


class Endpoint(NamedTuple):
    """One endpoint as one target deploys it."""

    key: str
    config: YamlMap

    @property
    def entities(self) -> tuple[YamlMap, ...]:
        """What the endpoint serves, under the name of today and the older one."""
        return tuple(entity for name in _LISTS for entity in self.config.maps(name))


def endpoints(bundle: Bundle) -> Iterator[Endpoint]:
    """Every endpoint of every target with a `config`; the same place may come more than once."""
    for target in (*bundle.targets, bundle.base):
        yield from target_endpoints(target)


def target_endpoints(target: Target) -> Iterator[Endpoint]:
    """Every endpoint of a target with a `config`."""
    for resource in target.endpoints:
        config = resource.node.map("config")
        if config is not None:
            yield Endpoint(resource.key, config)
