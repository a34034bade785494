"""The way of a project, from idea to result."""

from django.apps import AppConfig


class PoolConfig(AppConfig):
    name = "pool"
    verbose_name = "Projekte- und Ideenpool"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages, and let every standing say whether the person is asked to rate a project."""
        from governance.mandates.queries import also_ask  # reason: models load before these modules may
        from governance.messages.kinds import register
        from pool.message_kinds import GROUPS
        from pool.permissions import asked_on

        register(*GROUPS)
        also_ask("expert", asked_on)
