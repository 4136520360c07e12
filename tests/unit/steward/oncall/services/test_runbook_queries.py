"""Runbooks, cut behind each of their queries."""

from steward.oncall.services.markdown import rendered
from steward.oncall.services.runbook_queries import parts, queries

TEXT = """\
# Down

1. Look:

   ```promql
   sum by (job) (up{job=~"a|b"}) < 2
   ```

   then

   ```bash
   ./steward status
   ```

```promql
```

```promql
rate(a[5m])
```

The end.
"""


def test_queries_are_found_in_their_order_as_they_were_written() -> None:
    assert queries(rendered(TEXT)) == ('sum by (job) (up{job=~"a|b"}) < 2', "rate(a[5m])")


def test_the_pieces_together_are_the_whole() -> None:
    html = rendered(TEXT)
    found = parts(html)
    assert "".join(part.html for part in found) == html
    assert [bool(part.query) for part in found] == [True, True, False]


def test_a_runbook_without_queries_is_one_piece() -> None:
    (only,) = parts(rendered("Nothing to ask."))
    assert (only.query, only.html) == ("", "<p>Nothing to ask.</p>\n")
