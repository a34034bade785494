"""Mandates and absences at the desk: granted, ended and entered by acts on record, never edited."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from governance.mandates.actions import end_mandate, enter_absence, grant_mandate
from governance.mandates.models import Absence, Body, Mandate
from governance.mandates.queries import standing_of
from governance.mandates.rules import Role
from governance.organisation.forms import AbsenceForm, day_field
from governance.organisation.models import OrganisationUnit, User
from governance.permissions import NAMED_BY_CDO, Act, may, require
from governance.record import clock
from governance.record.admin import DeskAdmin, DeskFilter, DeskPage, Fact, act_page
from governance.record.forms import LineField
from governance.strategy.models import Handlungsfeld
from governance.strategy.queries import edition_in_force


def accounts_of(user: Any) -> QuerySet[User]:
    """Return the open accounts of the world that `user` belongs to."""
    return User.objects.filter(is_active=True, is_demo=user.is_demo).order_by("last_name", "username")


class AccountChoiceField(forms.ModelChoiceField):
    """An account, named so that two people of one name are told apart."""

    def label_from_instance(self, user: Any) -> str:
        return f"{user.last_name}, {user.first_name} ({user.username})" if user.last_name else user.username


class GrantForm(forms.Form):
    """A mandate: who, which role, for what, from when, on what basis."""

    person = AccountChoiceField(
        label=gettext_lazy("Person"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Bitte wählen"),
        error_messages={"required": gettext_lazy("Wählen Sie die Person.")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Rolle"), error_messages={"required": gettext_lazy("Wählen Sie die Rolle.")}
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Organisationseinheit"),
        queryset=OrganisationUnit.objects.none(),
        required=False,
        empty_label=gettext_lazy("keine"),
        help_text=gettext_lazy("Nur bei Beschäftigten und bei der Zustimmung der Stelle."),
    )
    handlungsfeld = forms.ModelChoiceField(
        label=gettext_lazy("Handlungsfeld"),
        queryset=Handlungsfeld.objects.none(),
        required=False,
        empty_label=gettext_lazy("keines"),
        help_text=gettext_lazy("Nur bei der Handlungsfeldkoordination."),
    )
    body = forms.ModelChoiceField(
        label=gettext_lazy("Gremium"),
        queryset=Body.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("keines"),
        help_text=gettext_lazy("Nur bei Vorsitz und Mitgliedern."),
    )
    deputy_for = forms.ModelChoiceField(
        label=gettext_lazy("In Vertretung für"),
        queryset=Mandate.objects.none(),
        required=False,
        empty_label=gettext_lazy("niemanden, in eigenem Recht"),
    )
    valid_from = day_field(gettext_lazy("Gilt ab"), gettext_lazy("Nennen Sie den ersten Tag."))
    valid_until = forms.DateField(
        label=gettext_lazy("Gilt bis einschließlich"),
        required=False,
        help_text=gettext_lazy("Leer, wenn das Ende noch offen ist."),
        error_messages={"invalid": gettext_lazy("Schreiben Sie den Tag so: 24.12.2026")},
    )
    confidentiality_on = forms.DateField(
        label=gettext_lazy("Verpflichtung zur Verschwiegenheit am"),
        required=False,
        help_text=gettext_lazy("Nur beim Beirat; ohne diesen Tag öffnet sich nichts."),
        error_messages={"invalid": gettext_lazy("Schreiben Sie den Tag so: 24.12.2026")},
    )
    source = LineField(
        label=gettext_lazy("Grundlage"),
        max_length=300,
        help_text=gettext_lazy("Zum Beispiel die Verfügung und ihr Tag."),
        error_messages={"required": gettext_lazy("Nennen Sie die Grundlage.")},
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        roles = list(Role) if standing_of(by).is_operator else [role for role in Role if role in NAMED_BY_CDO]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", _("Bitte wählen")),
            *((role.value, role.label) for role in roles),
        ]
        principals = Mandate.objects.valid_on(today).filter(deputy_for=None, role__in=roles).exclude(role=Role.EMPLOYEE)
        choices = {
            "person": accounts_of(by).exclude(pk=by.pk),
            "unit": OrganisationUnit.objects.valid_on(today).order_by("name", "code"),
            "handlungsfeld": Handlungsfeld.objects.filter(edition=edition_in_force(today)).order_by("number"),
            "deputy_for": principals.select_related("person__person__user", "body", "handlungsfeld", "unit"),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["deputy_for"].label_from_instance = lambda each: f"{each.person}: {each}"  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """When a mandate ends, and on what basis."""

    last_day = day_field(gettext_lazy("Letzter Tag"), gettext_lazy("Nennen Sie den letzten Tag."))
    end_source = LineField(
        label=gettext_lazy("Grundlage"),
        max_length=300,
        help_text=gettext_lazy("Zum Beispiel die Verfügung und ihr Tag."),
        error_messages={"required": gettext_lazy("Nennen Sie die Grundlage.")},
    )


class AbsenceOfForm(AbsenceForm):
    """Whose absence, and which days."""

    person = AccountChoiceField(
        label=gettext_lazy("Person"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Bitte wählen"),
        error_messages={"required": gettext_lazy("Wählen Sie die Person.")},
    )
    source = LineField(
        label=gettext_lazy("Grundlage"),
        max_length=300,
        help_text=gettext_lazy("Zum Beispiel der Urlaubsplan des Amtes."),
        error_messages={"required": gettext_lazy("Nennen Sie die Grundlage.")},
    )
    field_order = ["person", "first_day", "last_day", "source"]

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = accounts_of(by)  # type: ignore[attr-defined]


class RoleFilter(DeskFilter):
    """The role."""

    title = gettext_lazy("Rolle")
    parameter_name = "rolle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mandate]) -> QuerySet[Mandate]:
        return queryset.filter(role=self.value()) if self.value() else queryset


class ValidityFilter(DeskFilter):
    """Held today, or ended, or yet to begin."""

    title = gettext_lazy("Geltung")
    parameter_name = "geltung"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("heute", _("gilt heute")), ("beendet", _("beendet")), ("kommend", _("beginnt noch"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mandate]) -> QuerySet[Mandate]:
        today = clock.today()
        if self.value() == "heute":
            return queryset.valid_on(today)  # type: ignore[attr-defined]
        if self.value() == "beendet":
            return queryset.filter(valid_until__lt=today)
        return queryset.filter(valid_from__gt=today) if self.value() == "kommend" else queryset


@admin.register(Mandate)
class MandateAdmin(DeskAdmin):
    description = gettext_lazy(
        "Wer welche Rolle innehat, für wen oder was, von wann bis wann und auf welcher Grundlage. Rechte folgen allein "
        "hieraus; niemand erteilt sich selbst ein Mandat."
    )
    list_display = ("person_shown", "mandate_shown", "valid_from", "valid_until", "source", "end_shown")
    only_on_page = ("end_shown",)
    list_display_links = ("person_shown",)
    list_filter = (RoleFilter, ValidityFilter)
    list_select_related = ("person__person__user", "body", "handlungsfeld", "unit")
    search_fields = ("person__person__user__username", "person__person__user__last_name", "source")
    search_help_text = gettext_lazy("Name oder Grundlage")
    ordering = ("role", "-valid_from", "pk")

    def reads(self, user: Any) -> bool:
        return standing_of(user).is_operator or standing_of(user).is_cdo

    def adds(self, user: Any) -> bool:
        return may(user, Act.GRANT_MANDATE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mandate]:
        rows = Mandate.objects.all()
        return rows if standing_of(request.user).is_operator else rows.filter(role__in=NAMED_BY_CDO)

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self.end_view)
        own = path("<int:mandate_id>/beenden/", self.admin_site.admin_view(view), name="governance_mandate_end")
        return [own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Grant a mandate."""
        require(request.user, Act.GRANT_MANDATE)
        page = DeskPage(
            heading=_("Mandat erteilen"),
            lead=_("Ein Mandat gilt vom ersten bis zum letzten Tag einschließlich."),
            button=_("Mandat erteilen"),
            done=_("Mandat erteilt."),
            back=self.list_address(),
            crumbs=self.crumbs(_("Mandat erteilen")),
        )
        form = GrantForm(request.POST or None, by=request.user)
        return act_page(request, page, form, lambda cleaned: grant_mandate(by=request.user, **cleaned))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a mandate; it is ended, never edited."""
        mandate = self.row_or_404(request, object_id)
        page = DeskPage(
            heading=f"{mandate.person}: {mandate}",
            lead="",
            button="",
            done="",
            back=self.list_address(),
            crumbs=self.crumbs(str(mandate.person)),
            facts=_mandate_facts(mandate),
            is_example=mandate.person.is_example,
        )
        return act_page(request, page, None)

    def end_view(self, request: HttpRequest, mandate_id: int) -> HttpResponse:
        """End a mandate on a named basis."""
        mandate = self.row_or_404(request, str(mandate_id))
        require(request.user, Act.END_MANDATE, role=mandate.role, person=mandate.person)
        page = DeskPage(
            heading=_("Mandat beenden"),
            lead=f"{mandate.person}: {mandate}",
            button=_("Mandat beenden"),
            done=_("Das Mandat endet."),
            back=self.list_address(),
            crumbs=self.crumbs(_("Mandat beenden")),
            consequences=(
                _("Nach dem letzten Tag öffnet das Mandat nichts mehr; der letzte Tag zählt noch mit."),
                _("Wer diese Person vertreten hat, vertritt dann niemanden mehr."),
            ),
            facts=_mandate_facts(mandate),
        )
        form = EndForm(request.POST or None, initial={"last_day": clock.today()})
        return act_page(
            request,
            page,
            form,
            lambda cleaned: end_mandate(
                mandate=mandate, last_day=cleaned["last_day"], source=cleaned["end_source"], by=request.user
            ),
        )

    @admin.display(description=gettext_lazy("Person"))
    def person_shown(self, mandate: Mandate) -> str:
        return str(mandate.person)

    @admin.display(description=gettext_lazy("Mandat"))
    def mandate_shown(self, mandate: Mandate) -> str:
        return str(mandate)

    @admin.display(description=gettext_lazy("Ende"))
    def end_shown(self, mandate: Mandate) -> str:
        if mandate.valid_until is not None and mandate.valid_until < clock.today():
            return "–"
        address = reverse("admin:governance_mandate_end", args=[mandate.pk])
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">: {}</span></a>', address, _("beenden"), mandate.person
        )


def _mandate_facts(mandate: Mandate) -> tuple[Fact, ...]:
    names = ("valid_from", "valid_until", "deputy_for", "confidentiality_on", "source", "end_source", "granted_by")
    return tuple(
        Fact(str(Mandate._meta.get_field(name).verbose_name), getattr(mandate, name))  # type: ignore[union-attr]
        for name in names
        if getattr(mandate, name)
    )


@admin.register(Absence)
class AbsenceAdmin(DeskAdmin):
    description = gettext_lazy("An diesen Tagen handelt die Vertretung. Jede Person trägt ihre Tage auch selbst ein.")
    list_display = ("person_shown", "first_day", "last_day", "entered_at")
    list_select_related = ("person__person__user",)
    ordering = ("-first_day", "pk")

    def reads(self, user: Any) -> bool:
        return standing_of(user).is_operator

    def adds(self, user: Any) -> bool:
        return standing_of(user).is_operator

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Enter an absence for a person."""
        if not self.adds(request.user):
            require(request.user, Act.CREATE_ACCOUNT)
        page = DeskPage(
            heading=_("Abwesenheit eintragen"),
            lead=_("An diesen Tagen handelt die Vertretung; das Protokoll nennt beide."),
            button=_("Abwesenheit eintragen"),
            done=_("Abwesenheit eingetragen."),
            back=self.list_address(),
            crumbs=self.crumbs(_("Abwesenheit eintragen")),
        )
        form = AbsenceOfForm(request.POST or None, by=request.user, today=clock.today())
        return act_page(request, page, form, lambda cleaned: enter_absence(by=request.user, **cleaned))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead to the list: an absence has nothing more to show."""
        self.row_or_404(request, object_id)
        return HttpResponseRedirect(self.list_address())

    @admin.display(description=gettext_lazy("Person"))
    def person_shown(self, absence: Absence) -> str:
        return str(absence.person)
