"""What must exist before, or just after, a service's first start: one setup, one module."""

from collections.abc import Sequence

from steward.model import PostgresCluster, RedisPassword
from steward.stack.setups import postgres, redis
from steward.stack.site import Site


async def before_start(site: Site) -> Sequence[str]:
    """Make what the service cannot start without; return arguments that must stand first on its command line."""
    match site.native.setup:
        case PostgresCluster():
            await postgres.make_cluster(site)
        case RedisPassword() as setup:
            return redis.write_configuration(site, setup)
        case None:
            pass
    return ()


async def once_ready(site: Site) -> None:
    """Make what only a running service can hold; may be done again and again."""
    match site.native.setup:
        case PostgresCluster() as setup:
            await postgres.make_roles(site, setup)
        case RedisPassword() | None:
            pass
