import pytest

from steward.instrument.traceparent import trace_of

TRACE = b"4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = b"00f067aa0ba902b7"
FOUND = {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"}


def _scope(*values: bytes, name: bytes = b"traceparent") -> dict[str, object]:
    return {"type": "http", "headers": [(b"host", b"x"), *[(name, value) for value in values]]}


@pytest.mark.parametrize(
    "value",
    [
        b"00-%b-%b-01" % (TRACE, SPAN),
        b"00-%b-%b-03" % (TRACE, SPAN),
        b"00-%b-%b-ff" % (TRACE, SPAN),
        b" 00-%b-%b-01\t" % (TRACE, SPAN),
        b"cc-%b-%b-01" % (TRACE, SPAN),
        b"cc-%b-%b-01-what-the-future-will-be-like" % (TRACE, SPAN),
    ],
)
def test_a_recorded_trace_is_named(value: bytes) -> None:
    assert trace_of(_scope(value)) == FOUND
    assert trace_of(_scope(value, name=b"Traceparent")) == FOUND


@pytest.mark.parametrize("value", [b"00-%b-%b-00" % (TRACE, SPAN), b"00-%b-%b-02" % (TRACE, SPAN)])
def test_a_trace_that_is_not_recorded_is_not(value: bytes) -> None:
    assert trace_of(_scope(value)) is None


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"00",
        b"ff-%b-%b-01" % (TRACE, SPAN),
        b"0-%b-%b-01" % (TRACE, SPAN),
        b"00-%b-%b-01-more" % (TRACE, SPAN),
        b"00-%b-%b-01-" % (TRACE, SPAN),
        b"cc-%b-%b-01.more" % (TRACE, SPAN),
        b"00-%b-%b-1" % (TRACE, SPAN),
        b"00-%b-%b-0x" % (TRACE, SPAN),
        b"00-%b-%b" % (TRACE, SPAN),
        b"00-%b-%b-01" % (TRACE.upper(), SPAN),
        b"00-%b-%b-01" % (TRACE, SPAN.upper()),
        b"00-%b-%b-01" % (b"0" * 32, SPAN),
        b"00-%b-%b-01" % (TRACE, b"0" * 16),
        b"00-%b-%b-01" % (TRACE[:-1], SPAN),
        b"00-%b-%b-01" % (TRACE, SPAN + b"0"),
        b"00_%b_%b_01" % (TRACE, SPAN),
        b"00-%b-%b-01\n" % (TRACE, SPAN),
        b"\xff\xfe",
    ],
)
def test_a_malformed_header_names_none(value: bytes) -> None:
    assert trace_of(_scope(value)) is None


def test_several_headers_name_none() -> None:
    value = b"00-%b-%b-01" % (TRACE, SPAN)

    assert trace_of(_scope(value, value)) is None


def test_no_header_names_none() -> None:
    assert trace_of(_scope()) is None
