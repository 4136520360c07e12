"""On-call at another pace: the same policies, with shorter waits."""

from dataclasses import replace

from steward.model import OnCall, Policy


def scaled(oncall: OnCall, factor: float) -> OnCall:
    """Return it with its waits divided by `factor`; how long people may silence something is theirs to say."""
    if factor == 1:
        return oncall
    return replace(
        oncall,
        policies=tuple(_faster(policy, factor) for policy in oncall.policies),
        watchdog_within=oncall.watchdog_within.scaled(1 / factor),
        settles_after=oncall.settles_after.scaled(1 / factor),
        storm_within=oncall.storm_within.scaled(1 / factor),
        incident_gathers_for=oncall.incident_gathers_for.scaled(1 / factor),
        incident_quiet_for=oncall.incident_quiet_for.scaled(1 / factor),
    )


def _faster(policy: Policy, factor: float) -> Policy:
    steps = tuple(replace(step, after=step.after.scaled(1 / factor)) for step in policy.steps)
    return replace(policy, steps=steps)
