"""Everything that is watched of Festivals, composed here and nowhere else."""

from festivals.catalogue.jobs import JOBS
from festivals.catalogue.services import COLLECTION, SERVICES
from steward.model import Catalogue

CATALOGUE = Catalogue("festivals", "Festivals", services=SERVICES, jobs=JOBS, collection=COLLECTION)
