"""OIDC policies of recipients: who of another identity provider may log in."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import CallRefusedError, absent, invalid
from orchestrator.workspace.sandbox.seed.part import Json

FAMILY = Family(title="OIDC policies of recipients")
_PATH = "/api/2.0/data-sharing/recipients/{recipient_name}/federation-policies"
PAGE = Sizes(default=100, most=1_000)


class Oidc(BaseModel):
    """What a token of the identity provider has to say."""

    issuer: str
    subject_claim: str
    subject: str
    audiences: list[str] = Field(default_factory=list)


class Policy(BaseModel):
    """The body that makes a policy."""

    name: str
    comment: str | None = None
    oidc_policy: Oidc


def _policies(call: Call) -> dict[str, Json]:
    """The policies of the recipient, by name."""
    recipient = call.path["recipient_name"]
    call.state.sharing.recipient(recipient)
    return call.state.sharing.federation.setdefault(recipient, {})


@FAMILY.get(_PATH, sdk="recipient_federation_policies.list")
def list_policies(call: Call) -> Json:
    """The policies of a recipient, in pages."""
    return call.page(list(_policies(call).values()), lambda policy: policy, key="policies", sizes=PAGE)


@FAMILY.post(_PATH, sdk="recipient_federation_policies.create")
def create_policy(call: Call) -> Json:
    """A new policy of a recipient that logs in by OIDC; 409 where there is one of that name."""
    recipient, given = call.path["recipient_name"], call.parse(Policy)
    known = _policies(call)
    if call.state.sharing.recipient(recipient).authentication != "OIDC_FEDERATION":
        raise invalid(f"Recipient {recipient} does not log in by OIDC_FEDERATION.")
    if given.name in known:
        raise CallRefusedError(409, "RESOURCE_ALREADY_EXISTS", f"Federation policy {given.name} already exists.")
    known[given.name] = {**given.model_dump(exclude_none=True), "id": stable_id("federation", recipient, given.name)}
    call.state.changed()
    return known[given.name]


@FAMILY.delete(_PATH + "/{name}", sdk="recipient_federation_policies.delete")
def delete_policy(call: Call) -> Json:
    """Takes a policy away."""
    if _policies(call).pop(call.path["name"], None) is None:
        raise absent("The federation policy", call.path["name"][:60])
    call.state.changed()
    return {}
