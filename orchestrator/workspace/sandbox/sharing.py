"""Shares and recipients as they are now."""

from __future__ import annotations

from orchestrator.workspace.sandbox.problem import absent, missing, taken
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.sharing import RecipientSeed, ShareSeed


class Sharing:
    """Every share and recipient, by name."""

    def __init__(self, shares: dict[str, ShareSeed], recipients: dict[str, RecipientSeed]) -> None:
        self.shares = dict(shares)
        self.recipients = dict(recipients)
        self.federation: dict[str, dict[str, Json]] = {}
        """The OIDC policies of each recipient, by name."""

    def share(self, name: str) -> ShareSeed:
        """A share.

        Raises:
            CallRefusedError: there is none (404).
        """
        if name not in self.shares:
            raise missing("share", name)
        return self.shares[name]

    def recipient(self, name: str) -> RecipientSeed:
        """A recipient.

        Raises:
            CallRefusedError: there is none (404).
        """
        if name not in self.recipients:
            raise missing("recipient", name)
        return self.recipients[name]

    def add_share(self, name: str, seed: ShareSeed) -> None:
        """Make a share.

        Raises:
            CallRefusedError: the name is taken (409).
        """
        if name in self.shares:
            raise taken("share", name)
        self.shares[name] = seed

    def add_recipient(self, name: str, seed: RecipientSeed) -> None:
        """Make a recipient.

        Raises:
            CallRefusedError: the name is taken (409).
        """
        if name in self.recipients:
            raise taken("recipient", name)
        self.recipients[name] = seed

    def change(self, share: str, recipient: str, *, add: bool) -> None:
        """Grant a share to a recipient, or take it back.

        Raises:
            CallRefusedError: the share or the recipient does not exist (404).
        """
        found = self.share(share)
        if recipient not in self.recipients:
            raise absent("Recipient", recipient)
        kept = [name for name in found.recipients if name != recipient]
        self.shares[share] = found.model_copy(update={"recipients": [*kept, recipient] if add else kept})
