"""What a person set a list to, under a name of her own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import User
from pool.saved_filters.rules import LONGEST_QUERY


class SavedFilter(models.Model):
    """Search, filters and order of one list, for the person who saved them alone. Goes with the account."""

    class List(models.TextChoices):
        DESK = "desk", _("Projekte am Schreibtisch")
        STEERING = "steering", _("Vorhaben der Lenkungsgruppe")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    of_list = models.CharField(_("Liste"), max_length=10, choices=List)
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY)

    class Meta:
        verbose_name = _("gespeicherter Filter")
        verbose_name_plural = _("gespeicherte Filter")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "of_list", "name"],
                name="saved_filter_name_once",
                violation_error_message=_("Unter diesem Namen haben Sie hier schon einen Filter."),
            ),
            models.CheckConstraint(condition=Q(of_list__in=["desk", "steering"]), name="saved_filter_list_known"),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="saved_filter_has_a_name",
                violation_error_message=_("Geben Sie dem Filter einen Namen."),
            ),
            models.CheckConstraint(
                condition=~Q(query=""),
                name="saved_filter_filters",
                violation_error_message=_("Stellen Sie in der Liste zuerst einen Filter ein."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
