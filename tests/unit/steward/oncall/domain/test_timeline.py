"""A timeline for people: in the order in which things happened, a burst as one line."""

from datetime import UTC, datetime, timedelta

from steward.oncall.domain.timeline import Entry, told

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def fired(name: str, seconds: float = 0) -> Entry:
    return Entry(NOW + timedelta(seconds=seconds), "alert.fired", "steward", f"{name} fires", about=name)


def test_what_was_told_later_stands_where_it_happened() -> None:
    early = Entry(NOW - timedelta(minutes=5), "incident.noted", "ann", "deployed", note="deployed")
    assert told([fired("APIDown"), early]) == [early, fired("APIDown")]


def test_things_of_one_instant_keep_their_order() -> None:
    entries = [
        fired("APIDown"),
        Entry(NOW, "page.opened", "steward", "b"),
        Entry(NOW, "incident.opened", "x", "a"),
    ]
    assert told(entries) == entries


def test_a_few_alerts_are_told_one_by_one() -> None:
    entries = [fired(name) for name in "ABC"]
    assert told(entries) == entries


def test_a_burst_is_one_line_with_the_most_frequent_first() -> None:
    (line,) = told(fired(name) for name in ["B", *["A"] * 10, "C", "D", "E", "F"])
    assert line.text == "15 alerts fire: A (10 times), B, C, D, E, 1 other"
    assert line.at == NOW


def test_a_burst_ends_with_its_minute() -> None:
    lines = told([fired("A", second) for second in range(50, 70)])
    assert [line.text for line in lines] == ["10 alerts fire: A (10 times)"] * 2


def test_what_people_do_is_never_put_together() -> None:
    notes = [Entry(NOW, "incident.noted", "ann", str(number), note=str(number)) for number in range(20)]
    assert told(notes) == notes


def test_a_burst_that_is_mixed_with_another_is_one_line_still() -> None:
    resolved = Entry(NOW, "alert.resolved", "steward", "is resolved", about="A")
    lines = told(entry for _ in range(5) for entry in (fired("A"), resolved))
    assert [line.text for line in lines] == ["5 alerts fire: A (5 times)", "5 alerts are resolved: A (5 times)"]


def test_of_what_is_counted_on_the_last_says_it_all() -> None:
    entries = [Entry(NOW, "page.joined", "steward", f"1 more alert: {number} in all") for number in range(2, 9)]
    assert [line.text for line in told(entries)] == ["1 more alert: 8 in all"]
