import gc

from steward.instrument.sql.alive import WhileAlive


class _Owner:
    other: object = None


def test_a_value_is_known_while_its_owner_lives() -> None:
    known = WhileAlive[str]()
    one, other = _Owner(), _Owner()
    known.keep(one, "one")
    known.keep(other, "other")
    known.keep(one, "again")
    assert known.by_id == {id(one): "again", id(other): "other"}

    del one
    assert known.by_id == {id(other): "other"}


def test_owners_in_a_cycle_are_forgotten_when_they_are_collected() -> None:
    known = WhileAlive[int]()
    one, other = _Owner(), _Owner()
    one.other, other.other = other, one
    known.keep(one, 1)
    del one, other
    gc.collect()

    assert known.by_id == {}


def test_no_owner_is_taken_for_another_that_had_its_place() -> None:
    known = WhileAlive[int]()
    for number in range(1000):
        owner = _Owner()
        assert id(owner) not in known.by_id
        known.keep(owner, number)
        del owner

    assert known.by_id == {}
