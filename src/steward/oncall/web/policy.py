"""What a browser may do with the console's pages: run its own scripts, and ask nobody else."""

from collections.abc import Mapping

DIAGRAM_PATH = "/diagram"
"""The page in which diagrams are drawn before they are shown in another."""

CONSOLE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline: neither scripts nor styles. `frame-src` is for `DIAGRAM_PATH`."""

_DRAWING_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)

EXCEPTIONS: Mapping[str, Mapping[str, str]] = {
    DIAGRAM_PATH: {"Content-Security-Policy": _DRAWING_POLICY, "X-Frame-Options": "SAMEORIGIN"},
}
"""Mermaid measures with a style sheet of its own inside the page: it does that where nothing else is."""
