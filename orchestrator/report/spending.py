"""What a model cost, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.wording import counted

if TYPE_CHECKING:
    from orchestrator.types import Asked, Spending


def cost(spending: Spending) -> str:
    """`$0.31`, with more digits below a cent; `price unknown` where the model's price is not known."""
    if spending.usd is None:
        return "price unknown"
    return f"${spending.usd:,.2f}" if spending.usd >= 0.1 or not spending.usd else f"${spending.usd:.4f}"


def tokens(spending: Spending) -> str:
    """`402,113 tokens in (81 % from the cache), 12,300 out`."""
    into = spending.input_tokens + spending.cache_read_tokens + spending.cache_write_tokens
    share = f" ({spending.cache_read_tokens / into:.0%} from the cache)" if spending.cache_read_tokens else ""
    return f"{counted(into, 'token')} in{share.replace('%', ' %')}, {spending.output_tokens:,} out"


def calls(spending: Spending) -> str:
    """`31 calls, 12 more kept from earlier ones`."""
    kept = f", {spending.kept:,} more kept from earlier ones" if spending.kept else ""
    return f"{counted(spending.calls, 'call')}{kept}"


def sentence(asked: Asked) -> str:
    """The model, its calls, tokens and cost, and the run that has the details."""
    spent = asked.spending
    by = f" (answered by {', '.join(asked.answered)})" if asked.answered else ""
    details = f", {tokens(spent)}, {cost(spent)}" if spent.calls else ""
    return f"{asked.model}{by} besides the rules: {calls(spent)}{details} (run {asked.run})"
