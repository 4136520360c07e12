"""PostgreSQL: a database that is watched."""

import signal

from steward.model.service import CommandProbe, Native, Port, PostgresCluster, Program, Secret, Service


def postgres(cluster: PostgresCluster, *secrets: Secret, published: int = 5432) -> Service:
    """Return PostgreSQL with the database and roles of `cluster`, whose passwords are among `secrets`."""
    return Service(
        "postgres",
        "Database",
        ports=(Port(5432, "sql", published),),
        ready=CommandProbe(("pg_isready", "-q", "-h", "{host}", "-p", "{port}", "-d", "postgres", "-t", "2")),
        arguments=(
            "-D",
            "{data}",
            "-p",
            "{port}",
            "-k",
            "{run}",
            "-c",
            "listen_addresses={host}",
            "-c",
            "password_encryption=scram-sha-256",
        ),
        secrets=secrets,
        native=Native(
            Program("postgres", "postgresql", (13,), folders=("/usr/lib/postgresql/*/bin",)),
            user="postgres",
            setup=cluster,
            stop=signal.SIGINT,
        ),
    )
