import pytest

from steward.model import CatalogueError, Label


def test_closed_label_allows_its_values_only() -> None:
    method = Label.closed("method", "GET", "POST")

    assert method.at_most == 2
    assert method.allows("GET")
    assert not method.allows("BREW")


def test_bounded_label_allows_any_value() -> None:
    route = Label.bounded("path", 80, "route template")

    assert route.at_most == 80
    assert route.allows("/anything")


@pytest.mark.parametrize("name", ["", "1st", "with-dash", "__name__", "job", "instance", "le", "quantile", "tür"])
def test_name_that_prometheus_would_refuse_or_overwrite(name: str) -> None:
    with pytest.raises(CatalogueError, match="label"):
        Label.bounded(name, 3, "")


def test_value_twice() -> None:
    with pytest.raises(CatalogueError, match="twice"):
        Label.closed("method", "GET", "GET")


def test_no_values() -> None:
    with pytest.raises(CatalogueError, match="at least one"):
        Label.closed("method")
