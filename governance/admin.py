"""The desk's pages on the frame, the organisation and mandates; importing registers them."""

from governance.mandates import admin as mandates
from governance.messages import admin as messages
from governance.organisation import admin as organisation
from governance.strategy import admin as strategy

__all__ = ["mandates", "messages", "organisation", "strategy"]
