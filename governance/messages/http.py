"""An answer that does not wait for a mail server."""

import logging

from django.http import HttpResponseRedirect

from governance.messages import delivery

logger = logging.getLogger("portal.mail")


class AnsweredFirst(HttpResponseRedirect):
    """A redirect after which mails are tried once: the server closes an answer when it has sent it.

    Whatever goes wrong with the mails is logged; the answer is out, and `deliver_messages` tries again.
    """

    def close(self) -> None:
        """Try what waits, then close as every answer."""
        try:
            delivery.try_once()
        except Exception:
            logger.exception("event=mails_not_tried")
        finally:
            super().close()
