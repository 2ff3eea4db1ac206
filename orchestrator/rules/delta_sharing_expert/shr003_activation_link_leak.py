"""The activation link or the credential file of a Delta Sharing recipient is shown, or lies in the repository.

What: `activation_url`, `activation_link` or `tokens` of a recipient in a `print`, a log message or the exit value of a
notebook; an activation link, or the bearer token of a credential file, written out in a file of the project.

Why: whoever opens the link first downloads the credential and reads everything that is shared with this partner, from
anywhere, until the token ends. Logs and job outputs are read by many and kept for long.

Silent when: the link goes to a secret scope or to a function that sends it; the file is a test; the link belongs to
user accounts and not to recipients; the token is that of the public server of the Delta project, or a placeholder.

Source: Databricks documentation, create a recipient for token-based sharing.

Bad::

    from databricks.sdk import WorkspaceClient

    w = WorkspaceClient()
    recipient = w.recipients.create(name="partner")
    print(f"send this to the partner: {recipient.tokens[0].activation_url}")

Bad: through a name, from SQL::

    import logging

    row = spark.sql("DESCRIBE RECIPIENT partner").collect()[0]
    link = row["activation_link"]
    logging.info("link of the recipient: %s", link)

Bad: the tokens hold the link::

    from databricks.sdk import WorkspaceClient

    rotated = WorkspaceClient().recipients.rotate_token("partner", existing_token_expire_in_seconds=0)
    print(rotated.tokens)

Bad: a credential file in a notebook::

    # file: src/read_share.py
    PROFILE = \"\"\"{"shareCredentialsVersion": 1, "endpoint": "https://shop.cloud.databricks.com/api/2.0/delta-sharing",
    "bearerToken": "Zk3vQ9wLr7TmXb2c"}\"\"\"

Good: to a secret scope::

    from databricks.sdk import WorkspaceClient

    w = WorkspaceClient()
    recipient = w.recipients.create(name="partner")
    w.secrets.put_secret("sharing", "partner", string_value=recipient.tokens[0].activation_url)
    print(f"recipient {recipient.name} has {len(recipient.tokens)} tokens")

Good: links of user accounts::

    from datetime import timedelta

    send_mail(recipient_list=[user.email], message=activation_link, expires=timedelta(days=1))
    print(f"Activation link: {user.activation_url}")

Good: the public server of the Delta project::

    PROFILE = \"\"\"{"shareCredentialsVersion": 1, "endpoint": "https://sharing.delta.io/delta-sharing/",
    "bearerToken": "Zk3vQ9wLr7TmXb2c"}\"\"\"

Good: a placeholder::

    PROFILE = \"\"\"{"shareCredentialsVersion": 1, "endpoint": "https://shop.example.com/api/2.0/delta-sharing",
    "bearerToken": "<token-of-the-recipient>"}\"\"\"

Good: a test::

    # file: tests/test_recipients.py
    from databricks.sdk import WorkspaceClient

    print(WorkspaceClient().recipients.get("partner").tokens[0].activation_url)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.delta_sharing_expert._links import MARKS, NAMES, is_about_sharing, links_in, shows, written
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.source import SourceFile

RULE = Rule(
    id="SHR003",
    name="activation-link-leak",
    severity=Severity.CRITICAL,
    default=True,
    references=("https://docs.databricks.com/aws/en/delta-sharing/create-recipient-token",),
)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every activation link that code shows."""
    if not any(name in file.source.text for name in (*NAMES, ".tokens")) or facts.role(file.path) is Role.TEST:
        return
    if not is_about_sharing(file):
        return
    for call in file.calls:
        for link in links_in(file, call) if shows(file, call) else ():
            yield Hit(
                location=file.location(link),
                message=f"`{call.name}` shows an activation link, and whoever opens it first gets the recipient's "
                "credential: hand it over by a channel that only the partner reads",
            )


@RULE.on_text
def check_text(source: SourceFile, facts: Facts) -> Iterator[Hit]:
    """Every activation link and credential that is written out."""
    if not any(mark in source.text for mark in MARKS) or facts.role(source.path) is Role.TEST:
        return
    for found in written(source.text):
        line = source.text.count("\n", 0, found.start) + 1
        yield Hit(
            location=source.location(line),
            message=f"{found.what} of Delta Sharing is written into the file: rotate the recipient's token, and keep "
            "the new one in a secret scope",
            redact=(found.value,),
        )
