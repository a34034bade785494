from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class DeskConfig(AdminConfig):
    """The admin as the CDO's desk; technical models that nobody needs there are taken off."""

    default_site = "mainzdigital.admin.Desk"

    def ready(self) -> None:
        super().ready()
        from django.contrib import admin
        from django.contrib.auth.models import Group

        from mainzdigital import security_log  # noqa: F401

        if admin.site.is_registered(Group):
            admin.site.unregister(Group)


class StaticConfig(StaticFilesConfig):
    ignore_patterns = ["CVS", ".*", "*~", "*.map"]
