"""The words that the code counts by are those that the catalogue declares."""

from enum import StrEnum

import pytest

from festivals.catalogue import api, business, cache, database, worker
from festivals.domain.ticket import ScanType, TicketKind
from festivals.domain.transaction import TransactionStatus, TransactionType
from festivals.store.cache import CacheName
from festivals.store.jobs import Task
from festivals.store.tables import METADATA
from festivals.telemetry.errors import ErrorType
from steward.model import OTHER, Label


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (business.TRANSACTION_TYPE, TransactionType),
        (business.TRANSACTION_STATUS, TransactionStatus),
        (business.TICKET_TYPE, TicketKind),
        (business.SCAN_TYPE, ScanType),
        (api.ERROR_TYPE, ErrorType),
        (cache.CACHE, CacheName),
        (worker.TASK, Task),
    ],
)
def test_a_label_and_its_words_agree(label: Label, words: type[StrEnum]) -> None:
    assert label.values is not None
    assert set(label.values) == {word.value for word in words}


def test_every_table_is_a_value_of_its_label() -> None:
    assert set(database.TABLE.values or ()) == {*METADATA.tables, OTHER}
