"""What is counted anew at each scrape."""

from collections.abc import Mapping

from festivals.catalogue import business
from festivals.store.database import Database
from festivals.store.gauges import take_census
from steward.instrument import Samples, ScrapeReader
from steward.model import Gauge


def census_reader(database: Database) -> ScrapeReader:
    """Return a reader of the gauges that only the database knows."""

    async def read() -> Mapping[Gauge, Samples]:
        async with database.reading() as connection:
            census = await take_census(connection)
        return {
            business.WALLETS_ACTIVE: {(): census.active_wallets},
            business.FESTIVALS_ACTIVE: {(): len(census.inside)},
            business.ATTENDEES: {(festival_id,): number for festival_id, number in census.inside.items()},
        }

    return read
