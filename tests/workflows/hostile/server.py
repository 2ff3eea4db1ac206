"""A server whose answer is what stands in a file, with its own token behind it: `server.py FOLDER`.

It speaks the protocol by hand and imports nothing of the project; its environment goes into `FOLDER/environment`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])
HELLO: dict[str, object] = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "u", "version": "1"},
}


def result_of(method: object) -> dict[str, object] | None:
    """What is answered to a method; None where nothing is."""
    if method == "initialize":
        return HELLO
    if method == "tools/list":
        return {"tools": [json.loads((FOLDER / "tool").read_text(encoding="utf-8"))]}
    if method == "tools/call":
        with (FOLDER / "calls").open("a", encoding="utf-8") as kept:
            kept.write("call\n")
        said = (FOLDER / "says").read_text(encoding="utf-8")
        text = f"{said} {os.environ.get('DATABRICKS_TOKEN', '')}"
        return {"content": [{"type": "text", "text": text}], "isError": False}
    return None


(FOLDER / "environment").write_text(json.dumps(dict(os.environ)), encoding="utf-8")
for line in sys.stdin:
    message = json.loads(line)
    answer = result_of(message.get("method"))
    if "id" in message:
        said = {"result": answer} if answer is not None else {"error": {"code": -32601, "message": "no such method"}}
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **said}) + "\n")
        sys.stdout.flush()
