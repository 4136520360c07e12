"""Whether the ports that services need are free, and who holds one that is not."""

import errno
import socket
from collections.abc import Sequence

import psutil

from steward.model import Service
from steward.stack.errors import PortTaken
from steward.stack.placement import HOST, Ports, port_variables


def require_free(services: Sequence[Service], ports: Ports) -> None:
    """Raise PortTaken for the first port on which one of `services` could not listen."""
    for service in services:
        variables = port_variables(service)
        for name, number in ports.of(service).items():
            refusal = _refusal(number)
            if refusal is None:
                continue
            variable = variables[name]
            if refusal == errno.EADDRINUSE:
                raise PortTaken(
                    f"port {number}, which {service.name} needs, is taken by {_holder(number)}",
                    mend=f"end that, or choose another port: {variable}=NUMBER",
                )
            raise PortTaken(
                f"port {number}, which {service.name} needs, is not for {psutil.Process().username()} to use",
                mend=f"choose one above 1023: {variable}=NUMBER",
            )


def _refusal(number: int) -> int | None:
    """Return why nobody can listen on a port now; None when one can."""
    with socket.socket() as listener:
        # As servers do, so that connections which still linger after a stop do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, number))
            listener.listen(1)
        except OSError as error:
            return error.errno
    return None


def _holder(number: int) -> str:
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (number,)
        if listens and connection.pid:
            try:
                process = psutil.Process(connection.pid)
                return f"{process.name()} (pid {process.pid}, user {process.username()})"
            except psutil.Error:
                break
    return "a process of another user"
