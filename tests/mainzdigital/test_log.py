"""SEC-26: one event is one line, and nobody can forge a second one."""

import logging

from governance.record.events import security_event
from mainzdigital.log import OneLineFormatter


def test_sec26_line_breaks_in_values_are_written_out(caplog):
    with caplog.at_level(logging.INFO, logger="portal.security"):
        security_event("access_refused", at="/x\r\nevent=signed_in account=1", account=None)
    line = OneLineFormatter().format(caplog.records[0])
    assert line.count("\n") == 0
    assert 'event=access_refused at="/x\\r\\nevent=signed_in account=1"' in line
    assert "account=None" not in line


def test_sec26_the_formatter_itself_keeps_a_message_on_one_line():
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", ("/a\nb\u2028c",), None)
    assert "\n" not in OneLineFormatter().format(record)
