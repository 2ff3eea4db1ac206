"""A self-contained HTML page of ours: its own styles and script, a policy that runs only these, nothing fetched."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from orchestrator.report.html_markup import Child, Html, tag

_ASSETS = Path(__file__).parent / "assets"


def page(title: str, *body: Child, more_style: Path | None = None) -> str:
    """The whole page with the styles and the script that all our pages share; `more_style` is a file of styles."""
    style, script = _asset(_ASSETS / "report.css"), _asset(_ASSETS / "report.js")
    if more_style is not None:
        style = Html(style + _asset(more_style))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", style),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', *body, tag('script', script)), lang='en')}\n"


def _asset(file: Path) -> Html:
    """One of our own files, as markup: it is printed as it is."""
    return Html(file.read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """A policy that runs these two and fetches nothing at all."""
    parts = {
        "default-src": "'none'",
        "style-src": _hash(style),
        "script-src": _hash(script),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
