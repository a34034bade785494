"""The way of a project, from idea to result."""

from django.apps import AppConfig


class PoolConfig(AppConfig):
    name = "pool"
    verbose_name = "Projekte- und Ideenpool"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from governance.messages.kinds import register
        from pool.message_kinds import GROUPS

        register(*GROUPS)
