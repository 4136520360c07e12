import json

from festivals.traffic.ledger import Ledger
from festivals.traffic.report import Report, Summary, lines, progress, transactions_by_type


def ledger() -> Ledger:
    ledger = Ledger()
    for outcome, seconds in ((201, 0.010), (201, 0.020), (402, 0.030), (503, 0.040)):
        ledger.record("purchase", outcome, seconds)
    ledger.record("scan", "timeout", 10.0)
    ledger.record("scan", "connection", 0.001)
    ledger.transactions["purchase", "success"] += 2
    ledger.transactions["purchase", "insufficient_balance"] += 1
    ledger.scans["entry"] += 5
    ledger.give_up()
    return ledger


def report() -> Report:
    kept = ledger()
    return Report(
        seed=1,
        visitors=400,
        rate=40,
        time_scale=1.0,
        seconds=2.0,
        days=0,
        festivals=("meadow-1",),
        requests_per_second=3.0,
        total=Summary.of(kept.total()),
        operations={name: Summary.of(tally) for name, tally in kept.operations.items()},
        transactions=transactions_by_type(kept),
        scans=dict(kept.scans),
        retried=1,
        replayed=0,
        given_up=kept.given_up,
        skipped=0,
    )


def test_errors_are_told_apart_by_whose_they_are() -> None:
    errors = {name: number for name, number in ledger().total().errors().items() if number}
    assert errors == {"refused": 1, "server": 1, "timeout": 1, "connection": 1}


def test_an_interval_holds_what_happened_since_the_last_one() -> None:
    kept = ledger()
    assert kept.take_interval().tally.requests == 6
    kept.record("scan", 200, 0.1)
    interval = kept.take_interval()
    assert (interval.tally.requests, interval.given_up) == (1, 0)
    assert kept.total().requests == 7


def test_a_line_of_progress_says_when_who_how_much_and_how_fast() -> None:
    kept = Ledger()
    for milliseconds in range(1, 101):
        kept.record("scan", 200 if milliseconds < 100 else 409, milliseconds / 1000)
    line = progress("14:05", "rush", 312, kept.take_interval(), 10.0)
    assert (
        line == "14:05 rush             inside   312    10.0 requests/s  p50 50.2 p95 95.2 p99 99.3 ms  refused 1"
    )


def test_a_silent_interval_has_a_line_too() -> None:
    line = progress("14:05", "rush", 0, Ledger().take_interval(), 10.0)
    assert line.endswith("0.0 requests/s  p50 - p95 - p99 - ms  no errors")


def test_the_table_has_a_row_for_each_operation_and_one_for_all() -> None:
    table = list(lines(report()))
    assert table[0] == "6 requests in 2.0 s, 3.0 a second (at most 40); 0 whole days"
    assert [row.split()[:2] for row in table[2:5]] == [["purchase", "4"], ["scan", "2"], ["total", "6"]]
    assert "purchase: insufficient_balance 1, success 2" in table
    assert table[-1].startswith("errors: refused 1, server 1, timeout 1, connection 1, given up 1;")


def test_the_report_is_a_json_object() -> None:
    written = json.loads(json.dumps(report().as_json()))
    assert written["operations"]["purchase"]["outcomes"] == {"201": 2, "402": 1, "503": 1}
    assert written["operations"]["scan"]["latency_ms"]["max"] == 10_000
    assert written["transactions"] == {"purchase": {"insufficient_balance": 1, "success": 2}}
    assert written["total"]["errors"]["server"] == 1
