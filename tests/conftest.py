from hypothesis import settings

# Without a database of examples the tests write nothing into the tree; without a deadline no test checks a timing.
settings.register_profile("steward", database=None, deadline=None)
settings.load_profile("steward")
