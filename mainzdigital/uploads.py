"""How much one request may upload altogether."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

PIECE = 64 * 1024


class LimitedUpload(FileUploadHandler):
    """Refuses a request whose files are together larger than UPLOAD_LARGEST_REQUEST; stands before other handlers.

    By what the browser says of the length before anything is read, and by what has come in. What is a little too large
    is read to its end first, so that the browser shows the answer and not a broken line.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.received = 0
        limit = settings.UPLOAD_LARGEST_REQUEST
        if content_length <= limit:
            return
        left = min(content_length, 4 * limit)
        while left > 0 and (piece := input_data.read(min(PIECE, left))):
            left -= len(piece)
        raise RequestDataTooBig("The files of one request are too large together.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count what comes in and hand it on."""
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LARGEST_REQUEST:
            raise RequestDataTooBig("The files of one request are too large together.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that come after."""
