"""Which target a series comes from: the labels that Prometheus sets when it scrapes."""

from dataclasses import dataclass

from steward.model import Catalogue, CatalogueError, Labels, ScrapeJob, as_labels, bundled


@dataclass(frozen=True, slots=True)
class Origin:
    """The jobs of a catalogue, asked for the labels of a series."""

    jobs: dict[str, str]
    """Metric's name -> the first job that exposes it."""
    instances: dict[str, str]
    """Job -> the instance it is seen at."""

    def complete(self, metric: str, labels: Labels) -> Labels:
        """Return labels with `job` and `instance`, where an example leaves them out."""
        given = dict(labels)
        job = given.get("job") or self.jobs.get(metric)
        if job is None:
            return labels
        return as_labels({"job": job, **self._instance(job), **given})

    def _instance(self, job: str) -> dict[str, str]:
        return {"instance": self.instances[job]} if job in self.instances else {}


def origin_of(catalogue: Catalogue) -> Origin:
    """Return the origins of a catalogue's series: our own metrics and those of inventories."""
    jobs: dict[str, str] = {}
    for job in catalogue.jobs:
        for name in (*(metric.name for metric in job.metrics), *_inventoried(job)):
            jobs.setdefault(name, job.name)
    instances = {job.name: _instance(catalogue, job) for job in catalogue.jobs}
    return Origin(jobs, instances)


def _instance(catalogue: Catalogue, job: ScrapeJob) -> str:
    return f"{job.service}:{catalogue.service(job.service).port(job.port).number}"


def _inventoried(job: ScrapeJob) -> list[str]:
    if job.inventory is None:
        return []
    try:
        metrics = bundled(job.inventory).metrics
    except CatalogueError as error:
        raise CatalogueError(f"scrape job {job.name}: {error}") from None
    names = []
    for metric in metrics:
        names.append(metric.name)
        if metric.kind in {"histogram", "summary"}:
            names += [f"{metric.name}_bucket", f"{metric.name}_sum", f"{metric.name}_count"]
    return names
