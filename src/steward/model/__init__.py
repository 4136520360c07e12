"""What a catalogue can say: frozen values, checked when they are made, that do nothing.

Every mistake is a `CatalogueError` that names the declaration and how to mend it.
"""

from steward.model import components
from steward.model.catalogue import Catalogue
from steward.model.errors import CatalogueError
from steward.model.label import OTHER, Label
from steward.model.metric import Across, Counter, Gauge, Histogram, Metric, Unit
from steward.model.placeholder import Resolve, expand
from steward.model.scrape import Collection, ScrapeJob
from steward.model.service import (
    PYTHON,
    CommandProbe,
    Container,
    HttpProbe,
    Lifetime,
    Mount,
    Native,
    Port,
    PostgresCluster,
    Probe,
    Program,
    RedisPassword,
    Secret,
    Service,
    Setup,
    SocketProbe,
)

__all__ = [
    "OTHER",
    "PYTHON",
    "Across",
    "Catalogue",
    "CatalogueError",
    "Collection",
    "CommandProbe",
    "Container",
    "Counter",
    "Gauge",
    "Histogram",
    "HttpProbe",
    "Label",
    "Lifetime",
    "Metric",
    "Mount",
    "Native",
    "Port",
    "PostgresCluster",
    "Probe",
    "Program",
    "RedisPassword",
    "Resolve",
    "ScrapeJob",
    "Secret",
    "Service",
    "Setup",
    "SocketProbe",
    "Unit",
    "components",
    "expand",
]
