"""Why a run cannot go on; everything else that goes wrong is counted and reported."""


class TrafficError(Exception):
    """The message names what is wrong and how to mend it; there is no traceback to show."""


class PlatformUnavailable(TrafficError):
    """The platform did not answer in all the time that the run had."""


class PlatformRefused(TrafficError):
    """The platform does not let the organiser set up a festival."""
