"""iCalendar, in and out: RFC 5545."""
