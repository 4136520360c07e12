from steward.compile.proof.mutants import mutants
from steward.compile.rules import Alerting, Recorded, RuleFile, RuleGroup
from steward.model import Duration, minutes


def rule(name: str, expr: str, lasting: Duration) -> Alerting:
    return Alerting(name, expr, (), (), lasting)


def changes(expr: str) -> dict[str, str]:
    """Return each mistake and the expression that it gives."""
    file = RuleFile("alerts/a.yml", "A", (RuleGroup("a", (rule("Busy", expr, minutes(0)),)),))
    found: dict[str, str] = {}
    for mutant in mutants(file):
        (changed,) = mutant.file.rules
        found[mutant.change] = changed.expr
    return found


def test_comparisons_are_flipped_and_their_thresholds_changed() -> None:
    assert changes("a / (b > 1) > 0.5") == {
        "> 0.5 flipped": "a / (b > 1) < 0.5",
        "> 0.5 times 0.5": "a / (b > 1) > (0.5 * 0.5)",
        "> 0.5 times 2": "a / (b > 1) > (0.5 * 2)",
        "> 1 flipped": "a / (b < 1) > 0.5",
        "> 1 times 0.5": "a / (b > (1 * 0.5)) > 0.5",
        "> 1 times 2": "a / (b > (1 * 2)) > 0.5",
    }


def test_a_threshold_of_nothing_has_no_other_size() -> None:
    assert changes("up == 0") == {"== 0 flipped": "up != 0"}


def test_each_window_changes_alone() -> None:
    assert changes("rate(a[2m]) / rate(b[2m])") == {
        "[2m] at character 7 times 0.5": "rate(a[1m]) / rate(b[2m])",
        "[2m] at character 7 times 2": "rate(a[4m]) / rate(b[2m])",
        "[2m] at character 21 times 0.5": "rate(a[2m]) / rate(b[1m])",
        "[2m] at character 21 times 2": "rate(a[2m]) / rate(b[4m])",
    }


def test_conditions_are_negated_and_changed_wherever_they_stand() -> None:
    assert changes('a{x=~"1|2"} - b{x=~"1|2", y!="3"}') == {
        'x=~"1|2" negated': 'a{x!~"1|2"} - b{x!~"1|2", y!="3"}',
        'x=~"1|2" with another value': 'a{x=~"something else"} - b{x=~"something else", y!="3"}',
        'y!="3" negated': 'a{x=~"1|2"} - b{x=~"1|2", y="3"}',
        'y!="3" with another value': 'a{x=~"1|2"} - b{x=~"1|2", y!="something else"}',
    }


def test_waits_change() -> None:
    file = RuleFile("alerts/a.yml", "A", (RuleGroup("a", (rule("Busy", "up", minutes(4)),)),))

    found = {mutant.change: next(iter(mutant.file.rules)) for mutant in mutants(file)}

    waits = {change: one.lasting for change, one in found.items() if isinstance(one, Alerting)}
    assert waits == {"for 4m times 0.5": minutes(2), "for 4m times 2": minutes(8), "for 4m removed": minutes(0)}


def test_recording_rules_and_the_other_alerts_of_an_objective_stay() -> None:
    rules = (Recorded("a:b:c", "up"), rule("One", "a:b:c == 0", minutes(0)), rule("Two", "up", minutes(0)))
    file = RuleFile("slos/a.yml", "A", (RuleGroup("a", rules),))

    (mutant,) = mutants(file)

    assert [getattr(one, "alert", "recorded") for one in mutant.file.rules] == ["recorded", "One", "Two"]
    assert [one.expr for one in mutant.file.rules] == ["up", "a:b:c != 0", "up"]
