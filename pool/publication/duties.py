"""Days that the law wants watched: when the statement on accessibility was made and last looked over, and until when
the way to report a weakness is vouched for.

Tests fail a month before each runs out; whoever then looks it over sets it anew.
"""

from datetime import date, timedelta

# (EU) 2018/1523 asks for both days; looked over at least once a year.
STATEMENT_MADE = date(2026, 11, 23)
STATEMENT_REVIEWED = date(2026, 11, 30)
STATEMENT_HOLDS = timedelta(days=365)

# RFC 9116 wants less than a year.
SECURITY_REVIEWED = date(2026, 11, 30)
SECURITY_HOLDS = timedelta(days=360)

# So long before a day runs out its test fails.
NOTICE = timedelta(days=30)
