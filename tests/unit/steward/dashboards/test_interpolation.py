"""What is put into expressions."""

import promql_parser
import pytest

from steward.dashboards.asking import Choice
from steward.dashboards.errors import BadQuestion
from steward.dashboards.interpolation import ALL, Chosen, chosen, interpolated, legend
from steward.dashboards.timerange import grid

HOUR = grid(7_200, 10_800, width=1_200, scrape=15)
FESTIVAL = Choice("festival", "Festival", "query", (ALL,), multi=True, all=True)


def put(expr: str, **picked: Chosen) -> str:
    return interpolated(expr, HOUR, picked)


def several(*values: str) -> Chosen:
    return Chosen(values, listed=True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rate(a[$__rate_interval])", "rate(a[60s])"),
        ("rate(a[${__rate_interval}])", "rate(a[60s])"),
        ("rate(a[$__interval])", "rate(a[15s])"),
        ("increase(a[$__range])", "increase(a[3600s])"),
        ("a / $__range_s * $__interval_ms", "a / 3600 * 15000"),
        ("a > $__from / $__to", "a > 7200000 / 10800000"),
    ],
)
def test_times_are_put_in(written: str, meant: str) -> None:
    assert put(written) == meant


def test_the_interval_of_a_rate_holds_four_scrapes_and_a_step_besides() -> None:
    day = grid(0, 86_400, width=1_200, scrape=15)
    assert interpolated("$__rate_interval", day, {}) == "135s"


def test_intervals_below_a_second_are_written_in_milliseconds() -> None:
    assert interpolated("[$__interval]", grid(0, 10, width=1_000, scrape=0.25), {}) == "[250ms]"


def test_what_is_not_known_stays() -> None:
    kept = 'label_replace(a{b=~"^x$"}, "c", "$1", "d", "(.*)")'
    assert put(kept) == kept


@pytest.mark.parametrize("place", ["$festival", "${festival}", "[[festival]]", "${festival:regex}"])
def test_one_of_several_is_put_in_wherever_it_may_stand(place: str) -> None:
    assert put(f'a{{f=~"{place}"}}', festival=several("spring")) == 'a{f=~"spring"}'


def test_several_are_an_alternative() -> None:
    assert put('a{f=~"$festival"}', festival=several("spring", "autumn")) == 'a{f=~"(spring|autumn)"}'


def test_signs_of_regular_expressions_are_meant_as_they_stand() -> None:
    assert put('a{f=~"$festival"}', festival=several("a.b(c)")) == r'a{f=~"a\\.b\\(c\\)"}'


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("value", ['"} or vector(1) #', "'} or vector(1) #", "\\", '\\"} or b{c="', "`", "x\ny"])
@pytest.mark.parametrize("listed", [True, False])
def test_no_value_gets_out_of_its_quotes(quote: str, value: str, *, listed: bool) -> None:
    sign = "=~" if listed else "="
    expr = put(f"a{{f{sign}{quote}$festival{quote}}}", festival=Chosen((value,), listed=listed))
    read = promql_parser.parse(expr)
    assert isinstance(read, promql_parser.VectorSelector)
    assert len(read.matchers.matchers) == 1


@pytest.mark.parametrize("form", ["", "regex", "pipe", "csv", "unheard"])
def test_no_form_but_raw_lets_a_quote_through(form: str) -> None:
    assert '"' not in several('a"b', "c").written(form)


def test_all_stands_for_everything_or_for_what_the_dashboard_says() -> None:
    assert chosen([FESTIVAL], {})["festival"].written("") == ".+"
    told = Choice("festival", "", "query", (), all=True, all_value=".*")
    assert chosen([told], {"festival": [ALL]})["festival"].written("") == ".*"


def test_one_of_a_list_without_several_is_put_in_as_it_is() -> None:
    single = Choice("job", "", "custom", ("api",), values=("api", "worker"))
    assert chosen([single], {"job": ["worker", "api"]})["job"].written("") == "worker"
    assert chosen([single], {})["job"].written("") == "api"


def test_variables_of_other_dashboards_are_passed_over() -> None:
    assert chosen([FESTIVAL], {"stage": ["main"]}).keys() == {"festival"}


@pytest.mark.parametrize("values", [["x" * 501], [str(number) for number in range(201)]])
def test_too_much_of_a_variable_is_refused(values: list[str]) -> None:
    with pytest.raises(BadQuestion, match="at most"):
        chosen([FESTIVAL], {"festival": values})


def test_a_legend_names_labels_and_variables() -> None:
    picked = {"festival": several("spring", "autumn"), "other": Chosen((), ".*", listed=True)}
    assert legend("{{ job }} of $festival", {"job": "api"}, picked) == "api of spring, autumn"
    assert legend("{{job}}/{{gone}} $other", {"job": "$festival"}, picked) == "$festival/ All"
