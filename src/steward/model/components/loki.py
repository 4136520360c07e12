"""Loki: log aggregation."""

from steward.model.service import Container, HttpProbe, Port, Service


def loki(version: str) -> Service:
    """Return a single Loki with the configuration that its image ships: one process, files on its volume."""
    return Service(
        "loki",
        "Log aggregation",
        ports=(Port(3100),),
        ready=HttpProbe("/ready"),
        container=Container(
            f"grafana/loki:{version}",
            data="/loki",
            arguments=("-config.file=/etc/loki/local-config.yaml",),
        ),
    )
