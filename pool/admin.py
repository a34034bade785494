"""The desk's pages on the way of a project; importing registers them."""

from pool.casefile import admin as casefile
from pool.participation import admin as participation
from pool.participation import offers_admin as offers
from pool.similarity import admin as similarity

__all__ = ["casefile", "offers", "participation", "similarity"]
