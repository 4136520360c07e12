"""Markdown as HTML that is safe to show, whoever wrote it: no HTML of theirs, no images, only harmless links."""

import re
from collections.abc import Callable

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "code": {"class"}}
_LANGUAGE = re.compile(r"language-[a-z]{1,20}")
"""The class of a block of code, e.g. `language-mermaid`: by it pages know what they can draw or ask."""
_BOXES = (("[ ]", "☐"), ("[x]", "☑"))
_SCHEMES = {"http", "https", "mailto"}

Address = Callable[[str], str]


def rendered(text: str, *, breaks: bool = False, address: Address | None = None) -> str:
    """Return Markdown as HTML; the boxes of a task list are shown as signs.

    With `breaks` a line ends where the writer ended it. `address` gives each link the address that is right where
    it is shown.
    """
    parser = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).enable(["table", "strikethrough"])

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "code":
            return value if _LANGUAGE.fullmatch(value) else None
        return address(value) if address is not None and (tag, name) == ("a", "href") else value

    cleaned = nh3.clean(
        parser.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    for written, sign in _BOXES:
        cleaned = cleaned.replace(f"<li>{written} ", f"<li>{sign} ")
    return cleaned
