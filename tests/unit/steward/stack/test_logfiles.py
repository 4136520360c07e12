from pathlib import Path

from steward.stack import logfiles


def test_a_log_is_turned_over_when_it_is_large(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    for text in ("first", "second", "third", "fourth", "fifth"):
        log.write_text(text)
        logfiles.rotate(log, largest=4)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "api.log.1": "fifth",
        "api.log.2": "fourth",
        "api.log.3": "third",
    }


def test_a_small_log_and_a_missing_one_stay_as_they_are(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    logfiles.rotate(log)
    assert not log.exists()
    log.write_text("text")
    logfiles.rotate(log, largest=4)
    assert log.read_text() == "text"


def test_the_tail_is_of_one_run_when_asked(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("old\none\ntwo\n")
    assert logfiles.tail(log, 2) == "one\ntwo"
    assert logfiles.tail(log, 9, start=4) == "one\ntwo"
    assert logfiles.tail(tmp_path / "none.log", 9) == ""


def test_following_shows_what_is_added_also_after_a_turn(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("before\n")
    following = logfiles.follow(log)
    with log.open("a") as file:
        file.write("one\n")
    assert next(following) == "one\n"
    log.rename(tmp_path / "api.log.1")
    log.write_text("two\n")
    assert next(following) == "two\n"
