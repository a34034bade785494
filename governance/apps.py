"""The frame: what for, who, and by which right. Knows nothing of projects."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Rahmen"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from governance.record.wording import speak_plainly

        speak_plainly()
