"""The desk's pages on the way of a project; importing registers them."""

from pool.casefile import admin as casefile

__all__ = ["casefile"]
