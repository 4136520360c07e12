from steward.compile.rule_files import rule_files
from steward.compile.rules import Recorded, rules_yml
from steward.model import Catalogue, Collection, RecordingGroup, RecordingRule

SHOP = Catalogue(
    "shop",
    "Shop",
    recordings=(
        RecordingGroup(
            "shop.rules",
            (RecordingRule("shop:sales:rate5m", " sum(rate(shop_sales_total[5m]))\n", "Sales.", (("a", "b"),)),),
        ),
    ),
)


def test_recording_rules_lie_in_a_file_named_after_the_catalogue() -> None:
    (file,) = rule_files(SHOP, Collection())

    assert (file.path, file.groups[0].name) == ("rules/shop.yml", "shop.rules")
    assert tuple(file.rules) == (Recorded("shop:sales:rate5m", "sum(rate(shop_sales_total[5m]))", (("a", "b"),)),)


def test_a_scale_reaches_every_rule() -> None:
    (file,) = rule_files(SHOP, Collection(interval=5), scale=10)

    assert [rule.expr for rule in file.rules] == ["sum(rate(shop_sales_total[30s]))"]


def test_a_catalogue_without_rules_has_no_files() -> None:
    assert rule_files(Catalogue("shop", "Shop"), Collection()) == ()


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert rules_yml(*rule_files(SHOP, Collection())) == rules_yml(*rule_files(SHOP, Collection()))
