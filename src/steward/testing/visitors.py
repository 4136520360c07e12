"""Clients of an application that runs in the same process: who asks, from where, by which name."""

from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp

ELSEWHERE = "192.0.2.7"
"""The address of a stranger."""


@dataclass(frozen=True, slots=True)
class Visitors:
    """Makes clients of one application."""

    app: ASGIApp

    def __call__(
        self, *, peer: str = ELSEWHERE, host: str = "oncall.example:8090", token: str = "", scheme: str = "http"
    ) -> httpx.AsyncClient:
        """Return a client at that address, that asks by that name."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, client=(peer, 50_000)),
            base_url=f"{scheme}://{host}",
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )

    def here(self) -> httpx.AsyncClient:
        """Return a client on the service's own machine."""
        return self(peer="127.0.0.1", host="localhost:8090")
