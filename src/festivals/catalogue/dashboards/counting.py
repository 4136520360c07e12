"""Events of a span, the first of each kind included.

A series begins with its first event, so Prometheus never sees it rise from 0: `rate` and `increase` miss the first
error of its kind, which is the one that people look for.
"""


def events(selector: str, by: str, span: str = "$__rate_interval") -> str:
    """Return PromQL for how many events `selector` counted in `span`, by the labels `by`.

    What a target held already when it came up again is no event of the span.
    """
    return (
        f"sum by ({by}) (\n"
        f"  ({selector} unless {selector} offset {span} and on (job, instance) up offset {span} == 1)\n"
        f"  or increase({selector}[{span}])\n"
        ")"
    )
