"""Tell T-SQL, the dialect of another database, from the SQL that is reviewed."""

from __future__ import annotations

import re
from typing import Final

_LOOKED_AT: Final = 200_000
_ENOUGH: Final = 2
# No possessive group: Python 3.11 before 3.11.5 loses its place when the last turn of one fails half-way.
_COMMENT = re.compile(r"--[^\n]*+|/\*(?s:.*?)(?:\*/|\Z)")
_OURS = re.compile(
    r"\busing\s+(?:delta|iceberg|parquet)\b|\btblproperties\b|\bdelta\.`|`\w+`\.`|\bcluster\s+by\s*\(|\boptimize\s+\w+\."
    r"|\bread_files\s*\(|\bstreaming\s+table\b",
    re.IGNORECASE,
)
_SIGNS: Final = tuple(
    (weight, word, re.compile(pattern, re.IGNORECASE | re.MULTILINE))
    for weight, word, pattern in (
        (2, "go", r"^[ \t]*GO[ \t]*;?[ \t]*$"),
        (2, "].[", r"\[\w[\w ]*\]\.\[\w"),
        (2, "nocount", r"\bset\s+nocount\s+on\b"),
        (2, "nolock", r"\bwith\s*\(\s*nolock\s*\)"),
        (2, "@", r"\bdeclare\s+@\w+"),
        (2, "object_id", r"^[ \t]*(?:if\s+)?object_id\s*\("),
        (2, "#", r"\b(?:into|from|table)\s+#\w+"),
        (1, "nvarchar", r"\bnvarchar\b"),
        (1, "max", r"\(\s*max\s*\)\s*(?:null|not\s+null|,|\))"),
        (1, "top", r"\bselect\s+(?:distinct\s+)?top\s*\(?\s*\d+"),
        (1, "identity", r"\bidentity\s*\(\s*\d+\s*,\s*\d+\s*\)"),
        (1, "", r"\b(?:datetime2|uniqueidentifier|smalldatetime|nchar)\b"),
        (1, "exec", r"\bexec(?:ute)?\s+(?:sp_|\[?dbo\]?\.)\w*"),
        (1, "@@", r"@@(?:rowcount|identity|trancount|error)\b"),
        (1, "clustered", r"\b(?:non)?clustered\s+index\b"),
    )
)
"""Weights, a word that must stand in the text before the pattern is tried, and the pattern."""


def is_tsql(text: str) -> bool:
    """Whether the first part of the text shows, outside comments, signs of T-SQL alone and none of ours."""
    head = _COMMENT.sub(" ", text[:_LOOKED_AT])
    score = 0
    lowered = head.lower()
    for weight, word, sign in _SIGNS:
        if word in lowered and sign.search(head):
            score += weight
        if score >= _ENOUGH:
            return _OURS.search(head) is None
    return False
