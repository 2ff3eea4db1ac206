"""Settings of the settlement streams."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the streams read from and write to."""

    catalog: str
    brokers: str
    topic: str = "settlement.v2"

    def table(self, name: str) -> str:
        """Full name of a table of the settlement schema."""
        return f"{self.catalog}.settlement.{name}"

    def checkpoint(self, query: str) -> str:
        """Folder where a query keeps its progress."""
        root = f"/Volumes/{self.catalog}/settlement/checkpoints"
        return f"{root}/{self.topic}"
