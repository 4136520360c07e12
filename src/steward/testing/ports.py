"""Free ports of loopback."""

import socket
from contextlib import ExitStack


def free_ports(count: int) -> list[int]:
    """Return so many different ports that nobody listens on at this moment."""
    with ExitStack() as held:
        listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    return free_ports(1)[0]
