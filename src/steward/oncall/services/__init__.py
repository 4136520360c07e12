"""What on-call does: each function is one use case, inside the transaction that its caller holds."""
