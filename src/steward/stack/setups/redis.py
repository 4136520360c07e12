"""A Redis that asks for a password, which it reads from a file and never from its command line."""

from collections.abc import Sequence

from steward.model import RedisPassword
from steward.stack.files import explained, write_atomically
from steward.stack.site import Site


def write_configuration(site: Site, setup: RedisPassword) -> Sequence[str]:
    """Write the configuration file beside the secrets, and return it as the first argument."""
    path = site.secret_folder / "redis.conf"
    password = "".join(f"\\x{byte:02x}" for byte in site.secret(setup.password).encode())
    with explained(path):
        write_atomically(path, f'requirepass "{password}"\n'.encode(), mode=0o600, owner=site.account)
    return (str(path),)
