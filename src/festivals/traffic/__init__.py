"""A festival day as load: a closed population of visitors who talk to the platform over HTTP, and to nothing else.

    profile, site               the day and the ground, as data
    intentions                  what somebody can want
    visitor, itinerary, crew    who wants what, and when
    plan                        everybody's wishes as one stream in the order of time, from a seed
    pace                        when a request may be sent, and when it should have been
    client, scene, acts         wishes as requests
    ledger, report              what came of them
    troupe, runner              play the days

The plan depends on the seed and never on an answer: the same seed wants the same things in the same order from a
fast platform, a slow one and a dead one. What fails, fails for a cause that festivals know: people forget to top
up, show a photographed ticket, ask for their money twice. On a healthy platform fewer than 0.5 % of a day's
transactions and 1 % of its scans are refused.

A latency counts from the moment at which a request should have been sent, by the plan and under the rate, until
its answer has been read. A request that waits because its sender still waits for an earlier answer is therefore
slow too: a stalled platform cannot hide behind the requests that it kept from being sent.
"""
