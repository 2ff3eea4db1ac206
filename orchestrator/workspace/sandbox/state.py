"""The state of one sandbox workspace: the seed at the start, and what calls changed since."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.grants import Grants
from orchestrator.workspace.sandbox.people import People
from orchestrator.workspace.sandbox.seed.moment import milliseconds
from orchestrator.workspace.sandbox.sharing import Sharing
from orchestrator.workspace.sandbox.tagging import Tagging
from orchestrator.workspace.sandbox.unity import Unity
from orchestrator.workspace.sandbox.warehouse.system_schema import (
    INFORMATION_SCHEMA,
    SYSTEM,
    information_schema,
    system_catalog,
)
from orchestrator.workspace.sandbox.work import Work

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed import Seed
    from orchestrator.workspace.sandbox.seed.governance import AbacSeed, MonitorSeed
    from orchestrator.workspace.sandbox.seed.learning import ConsumerSeed, EndpointSeed, OnlineStoreSeed
    from orchestrator.workspace.sandbox.seed.part import Json, Owned
    from orchestrator.workspace.sandbox.seed.secrets import Permission
    from orchestrator.workspace.sandbox.seed.unity import CatalogSeed
    from orchestrator.workspace.sandbox.unity import Placed


@dataclass(kw_only=True)
class State:
    """What the routes answer from."""

    seed: Seed
    people: People
    unity: Unity
    grants: Grants
    tags: Tagging
    sharing: Sharing
    work: Work
    policies: list[AbacSeed]
    monitors: list[MonitorSeed]
    stores: list[OnlineStoreSeed]
    endpoints: list[EndpointSeed]
    consumers: dict[str, ConsumerSeed]
    access: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    secret_acls: dict[str, dict[str, Permission]] = field(default_factory=dict)
    """Permissions on secret scopes, by principal."""
    edited: dict[str, Json] = field(default_factory=dict)
    """Settings of warehouses and pools that calls have changed, by id."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    now: int = 0
    revision: int = 0

    @classmethod
    def of(cls, seed: Seed) -> State:
        """The state at the start."""
        now = milliseconds(seed.now)
        people = People(seed=seed.people, admin=seed.place.admin)
        unity = Unity(_catalogs(seed), admin=seed.place.admin)
        grants = Grants(unity, people, seed.metastore_grants)
        tags = Tagging(unity, seed.governance.tag_policies, now=now)
        sharing = Sharing(seed.shares, seed.recipients)
        return cls(
            seed=seed,
            people=people,
            unity=unity,
            grants=grants,
            tags=tags,
            sharing=sharing,
            work=Work(seed),
            policies=list(seed.governance.policies),
            monitors=list(seed.governance.monitors),
            stores=list(seed.learning.online_stores),
            endpoints=list(seed.learning.endpoints),
            consumers=dict(seed.learning.consumers),
            secret_acls={name: dict(scope.acls) for name, scope in seed.secrets.items()},
            now=now,
        )

    def changed(self) -> None:
        """Tell that something changed, so that what was derived from the state is derived again."""
        self.revision += 1

    def drop(self, item: Placed[Owned]) -> None:
        """Remove a securable with everything inside it."""
        for gone in [*self.unity.inside(item.full_name), item]:
            self.grants.drop(gone.kind, gone.full_name)
            self.unity.remove(gone)
        self.changed()


def _catalogs(seed: Seed) -> dict[str, CatalogSeed]:
    """The catalogs of the seed, each with its information schema, and the catalog `system`."""
    inner = information_schema()
    found = {
        name: catalog.model_copy(update={"schemas": {**catalog.schemas, INFORMATION_SCHEMA: inner}})
        for name, catalog in seed.catalogs.items()
    }
    return {**found, SYSTEM: system_catalog(seed.system_grants)}
