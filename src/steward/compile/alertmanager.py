"""alertmanager.yml."""

from steward.compile import yaml
from steward.compile.heading import GENERATED


def alertmanager_yml() -> bytes:
    """Compile the smallest configuration that Alertmanager runs with: it keeps alerts and tells nobody."""
    return yaml.dump(
        {
            "route": {
                "receiver": "default",
                "group_by": ["alertname", "cluster", "service"],
                "group_wait": "10s",
                "group_interval": "10s",
                "repeat_interval": "1h",
            },
            "receivers": [{"name": "default"}],
        },
        GENERATED,
    )
