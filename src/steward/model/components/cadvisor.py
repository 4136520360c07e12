"""cAdvisor: metrics of each container."""

from steward.model.service import Container, HttpProbe, Mount, Port, Service


def cadvisor(version: str) -> Service:
    """Return cAdvisor; it watches containers, so it runs only as one."""
    return Service(
        "cadvisor",
        "Container metrics",
        ports=(Port(8080, published=8081),),
        ready=HttpProbe("/healthz"),
        container=Container(
            f"gcr.io/cadvisor/cadvisor:{version}",
            mounts=(
                Mount("/", "/rootfs"),
                Mount("/var/run", "/var/run"),
                Mount("/sys", "/sys"),
                Mount("/var/lib/docker", "/var/lib/docker"),
            ),
            arguments=("--docker_only=true", "--housekeeping_interval=15s"),
            privileged=True,
        ),
    )
