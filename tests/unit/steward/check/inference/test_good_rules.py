"""Rules as good teams write them, on series of which nothing is known: no check has anything to say."""

import pytest

from steward.check.expressions import (
    constant_comparison,
    division_by_zero,
    join_matches_nothing,
    many_to_one,
    template_label,
)
from steward.check.finding import Place
from steward.check.shape import Context, ExpressionSubject, Use
from steward.promql import parse

_CHECKS = (constant_comparison, division_by_zero, join_matches_nothing, many_to_one, template_label)

_RULES = (
    "up == 0",
    'absent(up{job="kubelet"}) == 1',
    "count(up == 0) > 0",
    'sum by (job) (rate(errors_total{code=~"5.."}[5m])) / sum by (job) (rate(requests_total[5m])) > 0.05',
    (
        'node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""} * 100 < 5'
        ' and node_filesystem_readonly{fstype!=""} == 0'
    ),
    "rate(node_network_receive_errs_total[2m]) / rate(node_network_receive_packets_total[2m]) > 0.01",
    "node_nf_conntrack_entries / node_nf_conntrack_entries_limit > 0.75",
    'node_md_disks_required - ignoring(state) node_md_disks{state="active"} > 0',
    (
        "1 - (node_memory_MemAvailable_bytes or node_memory_MemFree_bytes + node_memory_Cached_bytes)"
        " / node_memory_MemTotal_bytes > 0.9"
    ),
    'sum without (alertmanager) (rate(prometheus_notifications_errors_total{alertmanager!~""}[5m])) > 3',
    (
        "sum without (type) (rate(prometheus_tsdb_head_samples_appended_total[5m])) <= 0"
        " and sum without (rule_group) (prometheus_rule_group_rules) > 0"
    ),
    "count without (instance) (alertmanager_build_info) / count without (instance) (up) < 0.5",
    (
        'max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"})'
        " * on(namespace, pod) group_left(owner_kind)"
        " topk by (namespace, pod)"
        ' (1, max by (namespace, pod, owner_kind) (kube_pod_owner{owner_kind!="Job"})) > 0'
    ),
    'kube_pod_status_ready * on(namespace, pod) group_left(node) kube_pod_info{node!="", host_ip=~".+"} == 0',
    'kube_resourcequota{type="used"} / ignoring(type) (kube_resourcequota{type="hard"} > 0) > 0.9',
    "(burnrate1h > 14.4 * 0.01) and on(cluster) (burnrate5m > 14.4 * 0.01)",
    "process_open_fds / process_max_fds > 0.8",
    "sum(pg_stat_activity_count) / on() group_left() pg_settings_max_connections > 0.8",
    "redis_memory_used_bytes / redis_memory_max_bytes > 0.9 and redis_memory_max_bytes > 0",
    "hits / (hits + misses) < 0.8",
    "predict_linear(queue_length[5m], 1800) > min_over_time(queue_capacity[5m])",
    "time() - max by (namespace) (started and active > 0) > 43200",
    "histogram_quantile(0.99, sum by (le, job) (rate(x_bucket[5m]))) > 0.5",
    "vector(1)",
)


@pytest.mark.parametrize("text", _RULES)
def test_good_rule_raises_no_alarm(text: str) -> None:
    place = Place("good.yml", 1, "alert Good")
    subject = ExpressionSubject(Use.ALERT, "Good", text, parse(text), place)

    assert [(one.NAME, problem) for one in _CHECKS for problem in one.check(subject, Context())] == []
