"""The two formats that Prometheus reads, and how each line is written in them.

https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/.
A sample's line is the same in both; what is said about a family is not.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from steward.instrument.exemplars import Exemplar
from steward.instrument.labels import Values
from steward.model import Counter, Histogram, Metric, Unit

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
END = "# EOF\n"
"""The last line of OpenMetrics."""

_OPENMETRICS_TYPE = "application/openmetrics-text"
_TEXT_TYPES = ("text/plain", "text/*", "*/*")
_IN_LABEL = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})
_IN_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})
_IN_EXPONENT_FROM = 1e6


def content_type(accept: str) -> str:
    """Return the format that an Accept header asks for: OpenMetrics where it is wanted no less than plain text."""
    qualities: dict[str, float] = {}
    for media_range in accept.lower().split(","):
        media_type, *parameters = [part.strip() for part in media_range.split(";")]
        qualities[media_type] = max(qualities.get(media_type, 0.0), _quality(parameters))
    wanted = qualities.get(_OPENMETRICS_TYPE, 0.0)
    text = next((qualities[name] for name in _TEXT_TYPES if name in qualities), 0.0)
    return OPENMETRICS if wanted > 0 and wanted >= text else TEXT


def header(metric: Metric, format_: str) -> str:
    """Return the lines that say what a family is."""
    if format_ == TEXT:
        return f"# HELP {metric.name} {metric.help.translate(_IN_HELP)}\n# TYPE {metric.name} {metric.kind}\n"
    name = metric.name.removesuffix("_total") if isinstance(metric, Counter) else metric.name
    said = f"# HELP {name} {metric.help.translate(_IN_LABEL)}\n# TYPE {name} {metric.kind}\n"
    return said if metric.unit is Unit.NONE else f"{said}# UNIT {name} {metric.unit.value}\n"


def lines_of(metric: Metric) -> int:
    """Return how many lines one series has."""
    return len(metric.buckets) + 3 if isinstance(metric, Histogram) else 1


def series_lines(metric: Metric, values: Values) -> str:
    """Return the lines of one series, with `%r` where a number goes; a histogram: each bucket, count, sum."""
    labels = [
        f'{name}="{value.translate(_IN_LABEL)}"' for name, value in zip(metric.label_names, values, strict=True)
    ]
    braced = _per_cent(f"{{{','.join(labels)}}}" if labels else "")
    if not isinstance(metric, Histogram):
        return f"{metric.name}{braced} %r\n"
    before = _per_cent("".join(f"{label}," for label in labels))
    buckets = [
        f'{metric.name}_bucket{{{before}le="{in_go(bound)}"}} %r\n' for bound in (*metric.buckets, math.inf)
    ]
    return "".join([*buckets, f"{metric.name}_count{braced} %r\n", f"{metric.name}_sum{braced} %r\n"])


def in_go(number: float) -> str:
    """Write a number as Prometheus itself does, so that the bounds of buckets are the same text everywhere."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "+Inf" if number > 0 else "-Inf"
    text = repr(float(number))
    if "e" in text or abs(number) < _IN_EXPONENT_FROM:
        return text
    sign, digits = ("-", text[1:]) if number < 0 else ("", text)
    whole, _, rest = digits.partition(".")
    mantissa = f"{whole[0]}.{whole[1:]}{rest}".rstrip("0").rstrip(".")
    return f"{sign}{mantissa}e+{len(whole) - 1:02d}"


def filled(template: str, numbers: Sequence[float]) -> str:
    """Put numbers into the places of a template."""
    text = template % tuple(numbers)
    if math.isfinite(sum(numbers)):
        return text
    # One of them is not finite, or their sum is too great; how Python writes such numbers is not how Go does.
    return text.replace(" nan\n", " NaN\n").replace(" inf\n", " +Inf\n").replace(" -inf\n", " -Inf\n")


def with_exemplars(text: str, exemplars: Mapping[int, Exemplar]) -> str:
    """Add exemplars to the lines of these numbers."""
    lines = text.split("\n")
    for number, exemplar in exemplars.items():
        labels = ",".join(f'{name}="{value.translate(_IN_LABEL)}"' for name, value in exemplar.labels.items())
        lines[number] += f" # {{{labels}}} {in_go(exemplar.value)} {exemplar.when:.3f}"
    return "\n".join(lines)


def _per_cent(text: str) -> str:
    return text.replace("%", "%%")


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
