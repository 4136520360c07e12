"""The exporters that stand between Prometheus and what exposes no metrics itself."""

from steward.model.service import Container, HttpProbe, Mount, Native, Port, Program, Secret, Service


def node_exporter(version: str) -> Service:
    """Return the exporter of the host's processors, memory, disks and network."""
    return Service(
        "node-exporter",
        "Host metrics",
        ports=(Port(9100),),
        ready=HttpProbe("/"),
        arguments=("--web.listen-address={host}:{port}", "--no-collector.systemd"),
        native=Native(Program("prometheus-node-exporter", "prometheus-node-exporter", (1, 5)), user="prometheus"),
        container=Container(
            f"prom/node-exporter:{version}",
            mounts=(Mount("/", "/host"),),
            arguments=("--path.rootfs=/host",),
            host_processes=True,
        ),
    )


def redis_exporter(version: str, password: Secret) -> Service:
    """Return the exporter of the service `redis`."""
    return Service(
        "redis-exporter",
        "Redis metrics",
        ports=(Port(9121),),
        ready=HttpProbe("/"),
        arguments=("-web.listen-address={host}:{port}", "-redis.addr=redis://{address.redis}"),
        secrets=(password,),
        native=Native(
            Program("prometheus-redis-exporter", "prometheus-redis-exporter", (1, 45)),
            user="prometheus",
            environment=(("REDIS_PASSWORD", "{value." + password.name + "}"),),
        ),
        container=Container(
            # The variant with a shell, which the health check needs.
            f"oliver006/redis_exporter:{version}-alpine",
            environment=(("REDIS_PASSWORD", "${" + password.variable + ":-}"),),
        ),
    )


def postgres_exporter(version: str, *, database: str, user: str, password: Secret) -> Service:
    """Return the exporter of the service `postgres`, logging in as `user`, a member of pg_monitor."""
    return Service(
        "postgres-exporter",
        "PostgreSQL metrics",
        ports=(Port(9187),),
        ready=HttpProbe("/"),
        arguments=("--web.listen-address={host}:{port}",),
        environment=(
            ("DATA_SOURCE_URI", "{address.postgres}/" + database + "?sslmode=disable"),
            ("DATA_SOURCE_USER", user),
            ("DATA_SOURCE_PASS_FILE", "{secret." + password.name + "}"),
        ),
        secrets=(password,),
        native=Native(
            Program("prometheus-postgres-exporter", "prometheus-postgres-exporter", (0, 11)), user="prometheus"
        ),
        container=Container(f"prometheuscommunity/postgres-exporter:{version}", runs_as_caller=True),
    )
