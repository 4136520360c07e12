"""Short commands that help a service: run as its user, with a deadline, and with what they said at hand."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypedDict

from steward.stack.account import Account
from steward.stack.site import Site


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended."""

    code: int
    output: str
    """What it wrote, errors included."""


class Identity(TypedDict, total=False):
    """The arguments of Popen that make a process another user's."""

    user: int
    group: int
    extra_groups: list[int]


def identity_arguments(account: Account) -> Identity:
    """Return how to start a process as `account`; nothing where that is who we are."""
    return {} if account.is_caller else {"user": account.uid, "group": account.gid, "extra_groups": []}


async def run(site: Site, command: Sequence[str], *, seconds: float, given: bytes = b"") -> Answer:
    """Run a command as the service's user and in its environment; `given` is what it reads.

    It is killed when it takes longer than `seconds`; raises TimeoutError. It stays in our session, which tells
    helpers from what services leave behind.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd="/",
        env=site.environment(),
        **identity_arguments(site.account),
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate(given)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return Answer(process.returncode or 0, output.decode(errors="replace").strip())
