"""Tests for promtool, made from the examples of alerts, and mistakes to try the tests on.

Nothing here evaluates an expression. What a test expects is known beforehand, because an example lasts until every
window holds nothing else:

- the silent example keeps the alert silent,
- the firing example for half a window does not make it active, and for a whole window does, which tells a
  window that is too short or too long,
- the firing example for good makes it pending, and firing exactly `for` after it became active, with the labels
  and texts that people get,
- the silent example again lets it go on for `keep_firing_for`, and then ends it,
- the expression without its threshold comes to what each example says.

So that the tests can notice mistakes, choose examples near the threshold, on the same traffic:

- a firing value less than twice the threshold, a silent one more than half of it; the check `far-example` tells,
- halfway between the two the alert is silent: the firing one a fifth beyond the threshold, the silent one two
  fifths before it. Where silent is the threshold itself, e.g. no failure at all, the end is looked at instead,
- a condition within the expression, e.g. on the least traffic, wants two examples of its own, near to it on both
  sides: one more that fires, one more that is silent.
"""
