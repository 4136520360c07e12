import pytest

from steward.model import Lifetime
from steward.stack.restart import End, Finished, GiveUp, Restart, Verdict, decide

CRASH = End(1)
SOON = End(1, healthy=5)
LATE = End(-9, healthy=61)


@pytest.mark.parametrize(
    ("ends", "settled", "verdict"),
    [
        ([CRASH], False, Restart(0.2, looping=False)),
        ([CRASH] * 2, False, Restart(0.4, looping=False)),
        ([CRASH] * 4, False, Restart(1.6, looping=False)),
        ([CRASH] * 5, False, GiveUp()),
        ([CRASH] * 5, True, Restart(3.2, looping=True)),
        ([SOON] * 5, True, Restart(3.2, looping=True)),
        ([CRASH] * 30, True, Restart(30.0, looping=True)),
        ([CRASH] * 9 + [LATE], True, Restart(0.2, looping=False)),
        ([CRASH] * 9 + [LATE, SOON], True, Restart(0.4, looping=False)),
        ([End(0)], True, Restart(0.2, looping=False)),
    ],
)
def test_a_daemon_is_started_again_more_and_more_slowly(ends: list[End], settled: bool, verdict: Verdict) -> None:
    assert decide(Lifetime.DAEMON, ends, settled=settled) == verdict


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ([End(0)], Finished()),
        ([CRASH, End(0)], Finished()),
        ([CRASH], Restart(0.2, looping=False)),
        ([CRASH] * 2, Restart(0.4, looping=False)),
        ([CRASH] * 3, GiveUp()),
    ],
)
@pytest.mark.parametrize("settled", [True, False])
def test_a_oneshot_is_tried_a_few_times(ends: list[End], settled: bool, verdict: Verdict) -> None:
    assert decide(Lifetime.ONESHOT, ends, settled=settled) == verdict
