"""On-call: alerts in, people told, nothing lost.

A process of its own with a store of its own, so that it outlives what it watches:

    webhook or reconciliation -> one transaction (alert, event, page, outbox) -> 200
    tick   -> a due step of a page and its outbox rows in one transaction
    sender -> lease, send outside the transaction, mark

Whatever instant it is killed in, everything that was answered with 200 is told at least once, in order.
"""
