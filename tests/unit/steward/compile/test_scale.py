from steward.compile.rules import Alerting, Recorded, RuleFile, RuleGroup
from steward.compile.scale import scaled_file
from steward.model import Collection, Duration, minutes, seconds

COLLECTION = Collection(interval=5)


def file(expr: str, *, interval: Duration | None = None) -> RuleFile:
    alert = Alerting("Busy", expr, (("severity", "info"),), (("summary", "5m"),), minutes(5), minutes(10))
    return RuleFile("alerts/a.yml", "A", (RuleGroup("a", (Recorded("a:b:rate5m", expr), alert), interval),))


def scaled_alert(expr: str, scale: float) -> Alerting:
    (_, alert) = scaled_file(file(expr), scale, COLLECTION).rules
    assert isinstance(alert, Alerting)
    return alert


def test_waits_get_shorter() -> None:
    alert = scaled_alert("up == 0", 10)

    assert (alert.lasting, alert.keep_firing) == (seconds(30), minutes(1))


def test_ranges_and_offsets_get_shorter_and_the_rest_of_the_text_stays() -> None:
    alert = scaled_alert("sum(rate(a_total[10m] offset 1h))  >  300 # 5m", 10)

    assert alert.expr == "sum(rate(a_total[1m] offset 6m))  >  300 # 5m"


def test_a_range_holds_four_scrapes_at_least() -> None:
    assert scaled_alert("rate(a_total[5m])", 60).expr == "rate(a_total[20s])"


def test_names_labels_and_texts_stay() -> None:
    before = file("rate(a_total[5m])")
    after = scaled_file(before, 60, COLLECTION)

    assert (after.path, after.title, after.groups[0].name) == (before.path, before.title, before.groups[0].name)
    (record, alert), (record_before, alert_before) = tuple(after.rules), tuple(before.rules)
    assert isinstance(record, Recorded)
    assert isinstance(record_before, Recorded)
    assert record.record == record_before.record
    assert isinstance(alert, Alerting)
    assert isinstance(alert_before, Alerting)
    assert (alert.labels, alert.annotations) == (alert_before.labels, alert_before.annotations)


def test_a_groups_interval_is_no_shorter_than_that_of_the_collection() -> None:
    intervals = [
        scaled_file(file("up", interval=interval), 60, COLLECTION).groups[0].interval
        for interval in (minutes(10), minutes(1), None)
    ]

    assert intervals == [seconds(10), seconds(5), None]
