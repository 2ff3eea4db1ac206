"""Makes the client ask the person before a command of this plugin changes a workspace.

`orchestrate` is allowed to the commands, so that reading needs no question. Applying a change set is another matter: its
hash stands in what the model has read, and words in a file or table could lead the model to use it.
"""

from __future__ import annotations

import json
import re
import sys

_APPLIES = re.compile(r"""(?<![\w-])["']?--apply(?![\w-])""")
_HIDES = re.compile(r"orchestrate.*(?:\$\(|\$\{|\$\w|`|\\\n|<\()", re.DOTALL)
"""Forms of the shell in which an option may stand that cannot be seen in the text."""


def main() -> int:
    """Say "ask" for a command that applies, or that hides whether it does; nothing for any other."""
    asked = json.load(sys.stdin)
    command = str(asked.get("tool_input", {}).get("command", ""))
    if "orchestrate" not in command or not (_APPLIES.search(command) or _HIDES.search(command)):
        return 0
    reason = "this would apply a change set: compare its hash with the one that you have read"
    decision = {"hookEventName": "PreToolUse", "permissionDecision": "ask", "permissionDecisionReason": reason}
    print(json.dumps({"hookSpecificOutput": decision}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
