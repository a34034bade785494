"""The way of a project, from idea to result."""

from django.apps import AppConfig
from django.db.models.signals import post_delete


class PoolConfig(AppConfig):
    name = "pool"
    verbose_name = "Projekte- und Ideenpool"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages; let every standing say whether the person is asked to rate a project, stands in
        or is in a team; compute the safety of the places anew when one is gone; let what hangs on a draft go along."""
        from governance.mandates.queries import also_ask  # reason: models load before these modules may
        from governance.messages.delivery import also_deliver
        from governance.messages.kinds import register
        from governance.retention import register as register_retention
        from pool.attachments.actions import drop_files_of_draft
        from pool.barred import asked_on
        from pool.delivery.queries import in_team_on
        from pool.message_kinds import GROUPS
        from pool.participation.delivery import deliver_to_the_public
        from pool.participation.entries import format_entries, mapped_formats
        from pool.participation.retention import RULES
        from pool.priority.actions import store_stability_after_commit
        from pool.priority.models import Place
        from pool.project.actions import AT_WITHDRAWING_A_DRAFT
        from pool.publication.feeds import also_in_feeds
        from pool.publication.site_map import also_on_the_map
        from pool.stand_ins.queries import STAND_IN, stands_in_on

        register(*GROUPS)
        also_ask("expert", asked_on)
        also_ask(STAND_IN, stands_in_on)
        also_ask("team", in_team_on)
        post_delete.connect(store_stability_after_commit, sender=Place)
        also_deliver(deliver_to_the_public)
        register_retention(*RULES)
        AT_WITHDRAWING_A_DRAFT.append(drop_files_of_draft)
        also_in_feeds(format_entries)
        also_on_the_map(mapped_formats)
