"""One event is one line: line breaks in values are written out, so that nobody can forge an entry."""

import logging

LINE_BREAKS = {"\r": "\\r", "\n": "\\n", "\x0b": "\\v", "\x0c": "\\f", "\x85": "\\x85", "\u2028": "\\u2028"}
LINE_BREAKS["\u2029"] = "\\u2029"
TRANSLATION = str.maketrans(LINE_BREAKS)


class OneLineFormatter(logging.Formatter):
    default_msec_format = None

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        trace, record.exc_text = record.exc_info, None
        record.exc_info = None
        line = super().format(record).translate(TRANSLATION)
        record.exc_info = trace
        if trace:
            line = f"{line}\n{self.formatException(trace)}"
        return line
