"""Putting texts of others into Markdown of ours, so that they can neither break it nor pretend to be it."""

import re
from collections.abc import Iterator

_SPECIAL = re.compile(r"[\\`*\[\]<>&~|#]|(?<![^\W_])_|_(?![^\W_])")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=\s|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*")
_DEEPEST_OF_OURS = 3


def plain(text: str) -> str:
    """Return a text as one line that is shown as it is."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def contained(text: str) -> str:
    """Return somebody's Markdown with its headings below ours, no rules, and every fence closed."""
    lines = text.strip().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_contained(lines))


def bullets(text: str) -> str:
    """Return somebody's Markdown as a list: its own, or one item for each line of it."""
    lines = contained(text).split("\n")
    if any(_FENCE.match(line) or line.startswith(("- ", "* ", "+ ", "#", ">", "|", "    ")) for line in lines):
        return "\n".join(lines)
    return "\n".join(f"- {line.strip()}" for line in lines if line.strip())


def indented(text: str) -> str:
    """Return a text as the continuation of a list's item."""
    return "\n".join(f"  {line}" if line else "" for line in text.split("\n"))


def _contained(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
            yield line
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
            yield line
        else:
            yield _below_ours(line)
    if fence:
        yield fence


def _below_ours(line: str) -> str:
    if _UNDERLINE.fullmatch(line):
        return f"\\{line.strip()}"
    heading = _HEADING.match(line)
    if heading is None:
        return line
    depth = min(6, len(heading[1]) + _DEEPEST_OF_OURS)
    return "#" * depth + line[heading.end() :]
