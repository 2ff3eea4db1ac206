"""A small server that the tests of the toolbox run as a program."""

import sys

from pydantic import BaseModel, Field

from orchestrator.errors import WorkspaceError
from orchestrator.toolbox.arguments import Cursor, Limit, Listing
from orchestrator.toolbox.server import Call, ToolServer

SERVER = ToolServer("demo", title="Demo", instructions="Only for tests.")
TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"


class Echo(BaseModel):
    """What was asked."""

    limit: int
    text: str = Field(default="", description="a text that a workspace gave")


class Map(BaseModel):
    """A map."""

    text: str
    values: dict[str, str]


class Numbers(Listing):
    """Numbers."""

    items: list[int]


@SERVER.reads
def echo(call: Call, limit: Limit = 2) -> Echo:
    """Says what it was asked."""
    sys.stdout.write("a stray line on stdout\n")
    call.progress(1, 2, "half")
    return Echo(limit=limit)


@SERVER.reads
def leak(call: Call) -> Echo:
    """Gives a text with a credential and a character that turns the direction of reading."""
    del call
    return Echo(limit=1, text=f"comment {TOKEN} \u202e end")


@SERVER.reads
def leak_in_a_map(call: Call) -> Map:
    """Gives a control character and a map whose key is a credential."""
    del call
    return Map(text="\x1b[31m", values={TOKEN: TOKEN})


@SERVER.reads
def leak_a_password(call: Call) -> Map:
    """Gives code and settings with a password that has no issuer's form."""
    del call
    values = {"spark.password": "Tr0ub4dor-and-3", "spark.sql.shuffle.partitions": "200"}
    return Map(text='jdbc(url, password="Tr0ub4dor-and-3")', values=values)


@SERVER.reads
def half_a_character(call: Call) -> Echo:
    """Gives a text that JSON can spell and UTF-8 cannot."""
    del call
    return Echo(limit=1, text="a\ud800b")


@SERVER.reads
def count(call: Call, upto: int, limit: Limit = 2, cursor: Cursor = None) -> Numbers:
    """Counts, in pages."""
    found = call.listings.take(lambda: iter(range(upto)), cursor=cursor, limit=limit, asked=call.asked)
    return Numbers(items=list(found.items), next_cursor=found.cursor)


@SERVER.reads
def refuse(call: Call) -> Echo:
    """Is refused."""
    del call
    raise WorkspaceError(f"cannot list tables: it needs USE SCHEMA, not {TOKEN}")


@SERVER.reads
def break_down(call: Call) -> Echo:
    """Has a fault."""
    del call
    raise KeyError("internal detail")


@SERVER.reads
def hang(call: Call) -> Echo:
    """Never answers by itself."""
    import threading

    threading.Event().wait(20 * call.options.deadline_seconds)
    return Echo(limit=0)


@SERVER.changes
def drop(call: Call, name: str) -> Echo:
    """Drops something."""
    del call
    return Echo(limit=0, text=name)


@SERVER.changes
def hang_in_a_change(call: Call) -> Echo:
    """Never ends by itself."""
    import threading

    threading.Event().wait(20 * call.options.deadline_seconds)
    return Echo(limit=0)


if __name__ == "__main__":
    SERVER.run()
