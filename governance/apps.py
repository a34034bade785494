"""The frame: what for, who, and by which right. Knows nothing of projects."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Rahmen"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Django's own sentences speak plainly; tell how long stays what signing in leaves behind."""
        from governance.organisation.retention import RULES  # reason: models load before this module may
        from governance.record.wording import speak_plainly
        from governance.retention import register

        speak_plainly()
        register(*RULES)
