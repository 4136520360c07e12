"""In which order services stop, and how long each may take."""

from collections.abc import Collection, Mapping, Sequence

from steward.model import Service


def stop_waves(services: Sequence[Service], running: Collection[str]) -> list[list[Service]]:
    """Return the running services in groups to stop one after the other, each after everything that needs it.

    A service that has ended holds nothing up, yet what it needs still stops after what needs it.
    """
    known = {service.name: service for service in services}
    waves: list[list[Service]] = []
    left = [service for service in services if service.name in running]
    while left:
        needed = {need for service in left for need in _all_needs(service, known)}
        waves.append([service for service in left if service.name not in needed])
        left = [service for service in left if service.name in needed]
    return waves


def _all_needs(service: Service, known: Mapping[str, Service]) -> set[str]:
    """Return the names of what a service needs, and of what those need."""
    found: set[str] = set()
    waiting = list(service.needs)
    while waiting:
        name = waiting.pop()
        if name not in found and name in known:
            found.add(name)
            waiting.extend(known[name].needs)
    return found


def share(seconds_left: float, waves_left: int) -> float:
    """Return how long the next of `waves_left` waves may take: what one does not use goes to the later ones."""
    return max(seconds_left, 0.0) / waves_left
