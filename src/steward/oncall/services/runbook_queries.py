"""A runbook cut behind each of its queries, so that what the query says now can stand there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_QUERY = re.compile(r'<pre><code class="language-promql">(?P<query>.*?)</code></pre>', re.DOTALL)
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a runbook."""

    html: str
    """Safe to show; tags that it opens may be closed by a later one."""
    query: str = ""
    """PromQL, with which the piece ends; empty for the last one."""


def parts(html: str) -> tuple[Part, ...]:
    """Return the pieces of a rendered runbook: put together again they are the whole."""
    return tuple(_parts(html))


def queries(html: str) -> tuple[str, ...]:
    """Return the queries of a rendered runbook, in their order."""
    return tuple(part.query for part in parts(html) if part.query)


def _parts(html: str) -> Iterator[Part]:
    end = 0
    for found in _QUERY.finditer(html):
        query = unescape(found["query"]).strip()
        if query and len(query) <= _LONGEST:
            yield Part(html[end : found.end()], query)
            end = found.end()
    yield Part(html[end:])
