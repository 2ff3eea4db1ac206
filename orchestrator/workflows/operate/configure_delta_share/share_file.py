"""The file of a share: its objects, and its recipients with how a new one logs in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from orchestrator.errors import UsageError

MOST_BYTES = 1_000_000
Login = Literal["databricks", "oidc", "token"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\s/#?%\\`]+$")]
Kind = Literal["TABLE", "VIEW", "MATERIALIZED_VIEW", "STREAMING_TABLE", "FOREIGN_TABLE", "SCHEMA", "VOLUME", "MODEL"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SharedObject(_Part):
    """One object to share; `type` may be left away for a table or view, which is then read."""

    name: Name
    type: Kind | None = None
    shared_as: str | None = Field(default=None, max_length=255)
    history: bool = False


class Oidc(_Part):
    """Whom of another identity provider a recipient lets in."""

    issuer: str = Field(pattern=r"^https://\S+$", max_length=1_000)
    subject_claim: Literal["oid", "azp", "groups", "sub"]
    subject: str = Field(min_length=1, max_length=500)
    audiences: tuple[str, ...] = ()


class Recipient(_Part):
    """One recipient; everything but its name is about making it where it is not there yet."""

    name: Name
    login: Login | None = None
    comment: str = Field(default="", max_length=1_000)
    metastore: str = Field(default="", max_length=500)
    oidc: Oidc | None = None


class ShareFile(_Part):
    """A whole share."""

    share: Name
    comment: str = Field(default="", max_length=1_000)
    objects: tuple[SharedObject, ...] = Field(default=(), max_length=1_000)
    recipients: tuple[Name | Recipient, ...] = Field(default=(), max_length=200)

    def everyone(self, login: Login | None) -> tuple[Recipient, ...]:
        """The recipients; `login` is how one logs in whose entry does not say."""
        found = (each if isinstance(each, Recipient) else Recipient(name=each) for each in self.recipients)
        return tuple(each if each.login else each.model_copy(update={"login": login}) for each in found)


def read_share_file(path: Path, share: str) -> ShareFile:
    """The file of that share.

    Raises:
        UsageError: it cannot be read, has a key that no share has, or is of another share.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        document = yaml.safe_load(text[:MOST_BYTES])
        found = ShareFile.model_validate(document)
    except OSError as error:
        raise UsageError(f"the share file {str(path)!r} cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f", line {line + 1}" if line is not None else ""
        raise UsageError(f"the share file {str(path)!r} is not valid YAML{where}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"the share file {str(path)!r}: {place or 'the document'}: {first['msg']}") from None
    if found.share != share:
        raise UsageError(f"the share file {str(path)!r} is of the share {found.share!r}, and {share!r} was asked for")
    return found
