"""What runs: the platform, what it stands on, and what watches both."""

from festivals.catalogue import versions
from steward.model import (
    PYTHON,
    Collection,
    HttpProbe,
    Lifetime,
    Native,
    Port,
    PostgresCluster,
    Secret,
    Service,
    components,
)
from steward.model.components.oncall import WEBHOOK_TOKEN

SENDER = "alerts@festivals.app"
"""Of every e-mail that alerts are told by."""

COLLECTION = Collection(external_labels=(("cluster", "festivals"),))

DATABASE_PASSWORD = Secret("database-password", "FESTIVALS_DATABASE_PASSWORD")
MONITOR_PASSWORD = Secret("database-monitor-password", "FESTIVALS_DATABASE_MONITOR_PASSWORD")
REDIS_PASSWORD = Secret("redis-password", "REDIS_PASSWORD")

CLUSTER = PostgresCluster(
    database="festivals",
    owner="festivals",
    owner_password=DATABASE_PASSWORD.name,
    monitor="monitoring",
    monitor_password=MONITOR_PASSWORD.name,
)

_DATABASE = (
    ("FESTIVALS_DATABASE_ADDRESS", "{address.postgres}"),
    ("FESTIVALS_DATABASE_NAME", CLUSTER.database),
    ("FESTIVALS_DATABASE_USER", CLUSTER.owner),
    ("FESTIVALS_DATABASE_PASSWORD_FILE", "{secret.database-password}"),
)
_CACHE = (
    ("FESTIVALS_REDIS_ADDRESS", "{address.redis}"),
    ("FESTIVALS_REDIS_PASSWORD_FILE", "{secret.redis-password}"),
)
_LISTEN = (("FESTIVALS_HOST", "{host}"), ("FESTIVALS_PORT", "{port}"))


def _application(
    name: str,
    title: str,
    port: int,
    *,
    cached: bool,
    environment: tuple[tuple[str, str], ...] = (),
) -> Service:
    return Service(
        name,
        title,
        ports=(Port(port),),
        ready=HttpProbe("/readyz"),
        arguments=("-m", f"festivals.{name}"),
        environment=(*_DATABASE, *(_CACHE if cached else ()), *_LISTEN, *environment),
        secrets=(DATABASE_PASSWORD, *((REDIS_PASSWORD,) if cached else ())),
        needs=("migrate", *(("redis",) if cached else ())),
        native=Native(PYTHON),
    )


MIGRATE = Service(
    "migrate",
    "Database migrations",
    arguments=("-m", "festivals.store.migrate"),
    environment=_DATABASE,
    secrets=(DATABASE_PASSWORD,),
    needs=("postgres",),
    native=Native(PYTHON),
    lifetime=Lifetime.ONESHOT,
)
TRAFFIC = Service(
    "traffic",
    "A festival day as load",
    arguments=("-m", "festivals.traffic"),
    environment=(
        ("FESTIVALS_API_URL", "http://{address.api}"),
        ("FESTIVALS_ADMIN_URL", "http://{address.admin}"),
    ),
    needs=("api", "admin"),
    native=Native(PYTHON),
    lifetime=Lifetime.ONESHOT,
    profile="traffic",
)

SERVICES = (
    components.prometheus(versions.PROMETHEUS, COLLECTION, WEBHOOK_TOKEN),
    components.alertmanager(versions.ALERTMANAGER, WEBHOOK_TOKEN),
    components.oncall("festivals.catalogue:CATALOGUE", sender=SENDER, stands_in_for="grafana"),
    components.grafana(versions.GRAFANA),
    components.loki(versions.LOKI),
    components.node_exporter(versions.NODE_EXPORTER),
    components.redis_exporter(versions.REDIS_EXPORTER, REDIS_PASSWORD),
    components.postgres_exporter(
        versions.POSTGRES_EXPORTER, database=CLUSTER.database, user=CLUSTER.monitor, password=MONITOR_PASSWORD
    ),
    components.cadvisor(versions.CADVISOR),
    # Beside, not instead of, the servers that a workstation may already run on the usual ports.
    components.postgres(CLUSTER, DATABASE_PASSWORD, MONITOR_PASSWORD, published=15432),
    components.redis(REDIS_PASSWORD, published=16379),
    MIGRATE,
    _application(
        "api",
        "API",
        8080,
        cached=True,
        environment=(
            ("FESTIVALS_METRICS_DIRECTORY", "{run}/metrics"),
            ("FESTIVALS_ONCALL_ADDRESS", "{address.oncall}"),
        ),
    ),
    _application("admin", "Admin dashboard", 3000, cached=True),
    _application("worker", "Worker", 8082, cached=False),
    TRAFFIC,
)
