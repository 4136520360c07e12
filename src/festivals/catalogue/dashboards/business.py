"""The dashboard of the business: does money move, do gates open, and at which festival do they not."""

from festivals.catalogue.dashboards.marks import MARKS
from festivals.catalogue.dashboards.uids import BUSINESS
from steward.model import (
    Dashboard,
    DisplayUnit,
    PanelRow,
    Pie,
    Query,
    Stat,
    Table,
    Thresholds,
    TimeSeries,
    Tone,
    Variable,
    healthy_above,
)
from steward.model.components.dashboards import LATELY, SELDOM

_TRANSACTIONS = "festivals_transactions_total"
_AMOUNT = "festivals_transaction_amount_cents"
_SCANS = "festivals_tickets_scanned_total"
_PURCHASE = 'type="purchase"'
_FAILED_SCAN = 'scan_type=~"duplicate|invalid"'
_CHOSEN = 'festival_id=~"$festival"'
_OPEN = "max(festivals_festivals_active) > 0"
_NONE_OPEN = "no festival is open"
_NO_TRANSACTIONS = "nobody paid, topped up or asked money back"
_NO_SCANS = "no ticket was scanned"


def _per_minute(selector: str, by: str = "", span: str = LATELY) -> str:
    return f"sum{by} (rate({_AMOUNT}_sum{{{selector}}}{span})) * 60 / 100"


_SUCCESS = f'sum(rate({_TRANSACTIONS}{{status="success"}}{SELDOM}))\n/\n(sum(rate({_TRANSACTIONS}{SELDOM})) > 0)'
_SCAN_SUCCESS = (
    f'sum(rate({_SCANS}{{scan_type!~"duplicate|invalid"}}{SELDOM}))\n/\n(sum(rate({_SCANS}{SELDOM})) > 0)'
)
_SUCCESS_AT_EACH = f"""\
sum by (festival_id) (increase({_TRANSACTIONS}{{status="success",{_CHOSEN}}}[$__range]))
/
(sum by (festival_id) (increase({_TRANSACTIONS}{{{_CHOSEN}}}[$__range])) > 0)"""


NOW = PanelRow(
    "All festivals",
    (
        Stat(
            title="Active Festivals",
            queries=(Query("max(festivals_festivals_active)"),),
            meaning="Festivals that are open now. How many are right, the calendar says.",
            decimals=0,
            smallest=0,
            healthy="Context-dependent",
            runbooks=("no-transactions",),
            wide=8,
        ),
        Stat(
            title="Total Attendees",
            queries=(Query("sum(max by (festival_id) (festivals_festival_attendees_current))"),),
            meaning="People inside all open festivals. It rises with the gates and falls with the last train.",
            decimals=0,
            smallest=0,
            healthy="Context-dependent",
            runbooks=("high-ticket-scan-failure-rate",),
            when_empty=_NONE_OPEN,
            wide=8,
        ),
        Stat(
            title="Revenue/Minute",
            queries=(Query(f"({_per_minute(_PURCHASE, span=SELDOM)} or vector(0)) and on () ({_OPEN})"),),
            meaning="Purchases per minute in dollars, refunds not taken off. It is never 0 at an open festival.",
            unit=DisplayUnit.DOLLARS,
            decimals=2,
            smallest=0,
            thresholds=Thresholds(Tone.BAD, ((0.01, Tone.GOOD),)),
            healthy="> $0 during active festivals",
            runbooks=("no-transactions", "transaction-volume-drop"),
            when_empty=_NONE_OPEN,
            wide=8,
        ),
        Stat(
            title="Transaction Success Rate",
            queries=(Query(_SUCCESS),),
            meaning="Share of transactions that succeeded. One refused for want of money did not.",
            unit=DisplayUnit.RATIO,
            decimals=2,
            largest=1,
            thresholds=healthy_above(0.995),
            healthy="> 99.5%",
            runbooks=("slo-transaction-success", "high-failed-transaction-rate"),
            when_empty=_NO_TRANSACTIONS,
            wide=8,
        ),
        Stat(
            title="Ticket Scan Success Rate",
            queries=(Query(_SCAN_SUCCESS),),
            meaning="Share of scans at the gates that were neither a duplicate nor invalid.",
            unit=DisplayUnit.RATIO,
            decimals=2,
            largest=1,
            thresholds=healthy_above(0.99),
            healthy="> 99%",
            runbooks=("slo-ticket-scan-success", "high-ticket-scan-failure-rate"),
            when_empty=_NO_SCANS,
            wide=8,
        ),
        Stat(
            title="Active Wallets",
            queries=(Query("max(festivals_wallets_active)"),),
            meaning="Wallets that can be used.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            wide=8,
        ),
    ),
)

MONEY = PanelRow(
    "Money at the chosen festivals",
    (
        TimeSeries(
            title="Transactions by Type",
            queries=(Query(f"sum by (type) (rate({_TRANSACTIONS}{{{_CHOSEN}}}{LATELY}))", "{{type}}"),),
            meaning="Transactions asked for per second, by type, whether they succeeded or not.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            healthy="N/A",
            runbooks=("transaction-volume-drop", "no-transactions"),
            when_empty=_NO_TRANSACTIONS,
        ),
        TimeSeries(
            title="Transactions by Status",
            queries=(Query(f"sum by (status) (rate({_TRANSACTIONS}{{{_CHOSEN}}}{LATELY}))", "{{status}}"),),
            meaning="Transactions per second by how they ended. Of the others, only `failed` is our fault.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("high-failed-transaction-rate",),
            when_empty=_NO_TRANSACTIONS,
        ),
        TimeSeries(
            title="Revenue per Minute",
            queries=(Query(_per_minute(f'type="purchase",{_CHOSEN}', " by (festival_id)"), "{{festival_id}}"),),
            meaning="Purchases per minute in dollars, by festival.",
            unit=DisplayUnit.DOLLARS,
            smallest=0,
            filled=True,
            runbooks=("transaction-volume-drop",),
            when_empty="nobody bought anything",
        ),
        TimeSeries(
            title="Mean Amount",
            queries=(
                Query(
                    f"sum by (type) (rate({_AMOUNT}_sum{{{_CHOSEN}}}{LATELY}))\n/\n"
                    f"(sum by (type) (rate({_AMOUNT}_count{{{_CHOSEN}}}{LATELY})) > 0)\n/ 100",
                    "{{type}}",
                ),
            ),
            meaning="How many dollars a transaction moves. A jump is a wrong price, or a client gone astray.",
            unit=DisplayUnit.DOLLARS,
            smallest=0,
            when_empty=_NO_TRANSACTIONS,
        ),
        Pie(
            title="Money Moved by Type",
            queries=(
                Query(
                    f"sum by (type) (increase({_AMOUNT}_sum{{{_CHOSEN}}}[$__range])) / 100",
                    "{{type}}",
                    instant=True,
                ),
            ),
            meaning="How much money each type of transaction moved in the whole range.",
            unit=DisplayUnit.DOLLARS,
            when_empty=_NO_TRANSACTIONS,
        ),
        Table(
            title="Festivals",
            queries=(
                Query(f"max by (festival_id) (festivals_festival_attendees_current{{{_CHOSEN}}})", instant=True),
                Query(
                    f'sum by (festival_id) (increase({_AMOUNT}_sum{{type="purchase",{_CHOSEN}}}[$__range])) / 100',
                    instant=True,
                ),
                Query(f"sum by (festival_id) (increase({_TRANSACTIONS}{{{_CHOSEN}}}[$__range]))", instant=True),
                Query(f"100 * {_SUCCESS_AT_EACH}", instant=True),
            ),
            meaning="Each festival in the whole range; a small one that fails is hidden in every sum over all.",
            columns_shown=(
                ("festival_id", "Festival"),
                ("Value A", "Inside"),
                ("Value B", "Revenue in $"),
                ("Value C", "Transactions"),
                ("Value D", "Success in %"),
            ),
            unit=DisplayUnit.SHORT,
            runbooks=("slo-festival-transaction-success",),
            when_empty=_NO_TRANSACTIONS,
            wide=16,
        ),
    ),
)

PEOPLE = PanelRow(
    "People at the chosen festivals",
    (
        TimeSeries(
            title="Attendees",
            queries=(
                Query(
                    f"max by (festival_id) (festivals_festival_attendees_current{{{_CHOSEN}}})", "{{festival_id}}"
                ),
            ),
            meaning="People inside each open festival.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            filled=True,
            when_empty=_NONE_OPEN,
        ),
        TimeSeries(
            title="Ticket Scans",
            queries=(Query(f"sum by (scan_type) (rate({_SCANS}{{{_CHOSEN}}}{LATELY}))", "{{scan_type}}"),),
            meaning="Scans at the gates per second, by what they turned out to be.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("high-ticket-scan-failure-rate",),
            when_empty=_NO_SCANS,
        ),
        TimeSeries(
            title="Failed Scans",
            queries=(
                Query(
                    f"(sum by (festival_id) (rate({_SCANS}{{{_FAILED_SCAN},{_CHOSEN}}}{LATELY}))\n"
                    f"  or sum by (festival_id) (rate({_SCANS}{{{_CHOSEN}}}{LATELY})) * 0)\n"
                    f"/\n(sum by (festival_id) (rate({_SCANS}{{{_CHOSEN}}}{LATELY})) > 0)",
                    "{{festival_id}}",
                ),
            ),
            meaning="Share of each festival's scans that are duplicate or invalid. From 10 % on somebody is told.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            thresholds=Thresholds(Tone.GOOD, ((0.01, Tone.WARNING), (0.1, Tone.BAD))),
            runbooks=("high-ticket-scan-failure-rate",),
            when_empty=_NO_SCANS,
        ),
        TimeSeries(
            title="Tickets Issued",
            queries=(
                Query(
                    f"sum by (ticket_type) (rate(festivals_tickets_issued_total{{{_CHOSEN}}}{LATELY})) * 60",
                    "{{ticket_type}}",
                ),
            ),
            meaning="Tickets issued per minute, by type.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            stacked=True,
            filled=True,
            when_empty="no ticket was issued",
        ),
        TimeSeries(
            title="Wallets Created",
            queries=(Query(f"sum(rate(festivals_wallets_created_total{LATELY})) * 60", "created"),),
            meaning="Wallets created per minute, over all festivals.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            filled=True,
        ),
        TimeSeries(
            title="Refused for Want of Money",
            queries=(
                Query(
                    f"sum by (festival_id) (rate({_TRANSACTIONS}"
                    f'{{status="insufficient_balance",{_CHOSEN}}}{LATELY})) * 60',
                    "{{festival_id}}",
                ),
            ),
            meaning="Transactions per minute that were refused because the wallet held too little. Many mean that "
            "guests cannot top up.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            filled=True,
            runbooks=("slo-transaction-success",),
            when_empty="no wallet held too little",
        ),
    ),
)

DASHBOARD = Dashboard(
    BUSINESS,
    "Business Metrics",
    "Transactions, revenue, tickets and people, over all festivals and at each.",
    (NOW, MONEY, PEOPLE),
    file="business",
    tags=("festivals", "business"),
    variables=(Variable("festival", "Festival", _TRANSACTIONS, "festival_id"),),
    annotations=MARKS,
)
