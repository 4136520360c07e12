from steward.model import Service
from steward.stack.order import share, stop_waves


def service(name: str, *needs: str) -> Service:
    return Service(name, name, needs=needs)


SERVICES = [
    service("postgres"),
    service("migrate", "postgres"),
    service("api", "migrate", "redis"),
    service("redis"),
    service("prometheus"),
    service("traffic", "api"),
]


def waves(*running: str) -> list[set[str]]:
    return [{service.name for service in wave} for wave in stop_waves(SERVICES, running)]


def test_nothing_stops_before_what_needs_it() -> None:
    every = [service.name for service in SERVICES]
    assert waves(*every) == [{"prometheus", "traffic"}, {"api"}, {"migrate", "redis"}, {"postgres"}]


def test_what_has_ended_passes_its_place_on() -> None:
    assert waves("postgres", "api", "redis", "prometheus") == [{"prometheus", "api"}, {"postgres", "redis"}]
    assert waves("postgres", "traffic") == [{"traffic"}, {"postgres"}]
    assert waves() == []


def test_a_need_that_does_not_run_here_holds_nothing_up() -> None:
    assert stop_waves([service("api", "elsewhere")], ["api"]) == [[service("api", "elsewhere")]]


def test_time_not_used_by_one_wave_goes_to_the_later_ones() -> None:
    assert share(4.0, 4) == 1.0
    assert share(3.9, 3) == 1.3
    assert share(-1.0, 2) == 0.0
