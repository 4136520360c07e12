"""Prometheus: collects the metrics and evaluates the rules."""

from steward.model.scrape import Collection
from steward.model.service import Container, HttpProbe, Native, Port, Program, Secret, Service

URL = "http://localhost:9090"
"""Where people reach it from outside its container; links in alerts lead there."""


def prometheus(version: str, collection: Collection, *secrets: Secret) -> Service:
    """Return Prometheus, keeping what `collection` says for as long as it says.

    `secrets` are the tokens that it proves itself with where it scrapes.
    """
    return Service(
        "prometheus",
        "Metrics collection and alerting",
        ports=(Port(9090),),
        ready=HttpProbe("/-/ready"),
        arguments=(
            "--config.file={config}/prometheus.yml",
            "--storage.tsdb.path={data}",
            f"--storage.tsdb.retention.time={collection.retention}",
            f"--storage.tsdb.retention.size={collection.retention_size}",
            "--web.listen-address={host}:{port}",
            "--web.enable-lifecycle",
            # An alert sent before Alertmanager was discovered is dropped; it is sent again this much later.
            "--rules.alert.resend-delay=5s",
        ),
        secrets=secrets,
        native=Native(
            Program(
                "prometheus",
                "prometheus",
                (2, 42),
                relocated=("--web.local-assets={root}/usr/share/prometheus/web/",),
            ),
            user="prometheus",
            arguments=("--web.external-url=http://{host}:{port}",),
        ),
        container=Container(
            f"prom/prometheus:{version}",
            config="/etc/prometheus",
            data="/prometheus",
            arguments=(f"--web.external-url={URL}",),
            # Who starts it owns the files of secrets.
            runs_as_caller=bool(secrets),
        ),
    )
