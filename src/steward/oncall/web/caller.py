"""Who asks."""

from dataclasses import dataclass

from steward.oncall.domain.states import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose right to ask was checked."""

    name: str
    """For the audit: the account's or token's name, `local` for this machine, the mailbox of a signed link."""
    role: Role
    via: str
    """How they were recognised: `token`, `session`, `loopback`, `link` or `slack`."""
