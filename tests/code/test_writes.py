"""Every way to write is seen, with its mode, target and options."""

from __future__ import annotations

import pytest

from orchestrator.code.frames import Frames
from orchestrator.code.writes import Write, find_merges, find_writes
from tests.code.parsed import python


def only_write(text: str) -> Write:
    file = python(text)
    (write,) = find_writes(file, Frames.over(file))
    return write


@pytest.mark.parametrize(
    ("text", "verb", "mode"),
    [
        ("df.write.mode('overwrite').saveAsTable('a.b.c')", "saveAsTable", "overwrite"),
        ("df.write.saveAsTable('a.b.c', mode='append')", "saveAsTable", "append"),
        ("df.write.saveAsTable('a.b.c')", "saveAsTable", "errorifexists"),
        ("df.write.insertInto('a.b.c')", "insertInto", "append"),
        ("df.write.insertInto('a.b.c', overwrite=True)", "insertInto", "overwrite"),
        ("df.write.format('delta').mode(m).save('/Volumes/a/b/c')", "save", None),
        ("df.writeTo('a.b.c').append()", "append", "append"),
        ("df.writeTo('a.b.c').using('delta').createOrReplace()", "createOrReplace", "overwrite"),
        ("w = df.write.format('delta')\nw = w.mode('append')\nw.saveAsTable('a.b.c')", "saveAsTable", "append"),
    ],
)
def test_batch_write_is_found_with_its_mode(text: str, verb: str, mode: str | None) -> None:
    write = only_write(text)
    assert (write.verb, write.mode, write.streaming) == (verb, mode, False)


def test_stream_is_found_with_options_set_in_steps() -> None:
    write = only_write("""
        writer = (
            spark.readStream.table("a.b.c").writeStream
            .option("checkpointLocation", checkpoint)
            .trigger(availableNow=True)
        )
        query = writer.toTable("a.b.d")
    """)
    assert write.streaming
    assert write.option("checkpointlocation") is not None
    assert write.step("trigger") is not None
    assert write.frame.streaming


def test_options_from_a_variable_leave_the_write_open_ended() -> None:
    assert only_write("df.writeStream.options(**settings).toTable('a.b.c')").open_ended


def test_a_write_of_something_else_is_no_write() -> None:
    file = python("file.write('x')\njson.save(path)\nbuffer.write.save")
    assert find_writes(file, Frames.over(file)) == ()


def test_merge_is_found_with_its_clauses() -> None:
    file = python("""
        (
            DeltaTable.forName(spark, "a.b.c").alias("t")
            .merge(updates.alias("s"), "t.id = s.id")
            .whenMatchedUpdateAll()
            .whenNotMatchedInsertAll()
            .execute()
        )
    """)
    (merge,) = find_merges(file)
    assert file.string(merge.condition) == "t.id = s.id"
    assert [clause.name for clause in merge.clauses] == ["whenMatchedUpdateAll", "whenNotMatchedInsertAll"]
