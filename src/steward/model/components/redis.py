"""Redis: a cache that is watched."""

from steward.model.service import Native, Port, Program, RedisPassword, Secret, Service, SocketProbe


def redis(password: Secret, *, published: int = 6379, max_memory: str = "256mb") -> Service:
    """Return Redis as a cache: nothing on disk, and a memory limit, so that its use is a share of it."""
    return Service(
        "redis",
        "Cache",
        ports=(Port(6379, "redis", published),),
        ready=SocketProbe(b"PING\r\n", (b"+PONG", b"-NOAUTH")),
        arguments=(
            "--port",
            "{port}",
            "--bind",
            "{host}",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            "{data}",
            "--daemonize",
            "no",
            "--maxmemory",
            max_memory,
            "--maxmemory-policy",
            "allkeys-lru",
        ),
        secrets=(password,),
        native=Native(
            Program("redis-server", "redis-server", (6,)), user="redis", setup=RedisPassword(password.name)
        ),
    )
