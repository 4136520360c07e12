from datetime import UTC, datetime, timedelta

from festivals.domain.identifiers import new_id, new_ticket_code

NOW = datetime(2026, 7, 4, 12, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id(NOW)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_follow_time() -> None:
    ids = [new_id(NOW + timedelta(milliseconds=number)) for number in range(1000)]
    assert ids == sorted(ids)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(NOW) for _ in range(10_000)}) == 10_000


def test_a_ticket_code_has_no_letter_that_looks_like_another() -> None:
    codes = {new_ticket_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert not set("".join(codes)) & set("IO01l")
