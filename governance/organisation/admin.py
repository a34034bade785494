"""Accounts and the organisation tree at the desk of those who run the portal."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.mandates.queries import standing_of
from governance.organisation.actions import add_unit, change_account, change_unit, create_account
from governance.organisation.forms import PASSWORD_LENGTH
from governance.organisation.import_views import import_page, tree_file
from governance.organisation.models import OrganisationUnit, User
from governance.permissions import Act, may, require
from governance.record.admin import DeskAdmin, DeskPage, Fact, act_page
from governance.record.forms import LineField, SeenForm

DAY_HINT = gettext_lazy("Zum Beispiel 24.12.2026; leer, wenn es keinen gibt.")
DAY_ERROR = {"invalid": gettext_lazy("Schreiben Sie den Tag so: 24.12.2026")}


class AccountForm(forms.Form):
    """Name, mail, whether the account is open; a password where one is to be set."""

    first_name = LineField(label=gettext_lazy("Vorname"), max_length=150)
    last_name = LineField(label=gettext_lazy("Nachname"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("Dienstliche E-Mail-Adresse"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Geben Sie die Adresse so ein: name@stadt.mainz.de")},
    )
    is_active = forms.BooleanField(label=gettext_lazy("Konto ist offen"), required=False, initial=True)
    password = forms.CharField(
        label=gettext_lazy("Neues Passwort"),
        required=False,
        strip=False,
        max_length=PASSWORD_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Leer lassen, um es zu behalten. Sonst mindestens zwölf Zeichen."),
    )

    def values(self) -> dict[str, object]:
        """Return what the actions take."""
        return {name: self.cleaned_data[name] for name in ("first_name", "last_name", "email", "is_active")}


class ChangedAccountForm(SeenForm, AccountForm):
    """An account that is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand_on(self.initial)


class NewAccountForm(AccountForm):
    """An account that is to be opened."""

    username = LineField(
        label=gettext_lazy("Anmeldename"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        validators=[UnicodeUsernameValidator(message=gettext_lazy("Nur Buchstaben, Ziffern und @ . + - _"))],
    )
    field_order = ["username", "first_name", "last_name", "email", "is_active", "password"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = True
        self.fields["password"].label = _("Erstes Passwort")
        self.fields["password"].help_text = _("Mindestens zwölf Zeichen. Die Person ändert es unter „Konto“.")
        self.fields["password"].error_messages["required"] = _("Vergeben Sie ein erstes Passwort.")


@admin.register(User)
class AccountAdmin(DeskAdmin):
    description = gettext_lazy(
        "Ein Konto ist Anmeldung und Name. Was jemand lesen und tun darf, folgt allein aus seinen Mandaten."
    )
    list_display = ("username", "name_shown", "email", "is_active", "is_demo")
    search_fields = ("username", "first_name", "last_name")
    search_help_text = gettext_lazy("Anmeldename oder Name")
    ordering = ("username", "pk")

    def reads(self, user: Any) -> bool:
        return may(user, Act.CREATE_ACCOUNT)

    def adds(self, user: Any) -> bool:
        return may(user, Act.CREATE_ACCOUNT)

    def changes(self, user: Any, row: Any = None) -> bool:
        return may(user, Act.CREATE_ACCOUNT)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Open an account."""
        require(request.user, Act.CREATE_ACCOUNT)
        form = NewAccountForm(request.POST or None)
        page = DeskPage(
            heading=_("Konto anlegen"),
            lead=_("Ohne Mandat öffnet ein Konto keinen Arbeitsbereich."),
            button=_("Konto anlegen"),
            done=_("Konto angelegt. Erteilen Sie jetzt die Mandate."),
            back=self.list_address(),
            crumbs=self.crumbs(_("Konto anlegen")),
        )
        return act_page(
            request,
            page,
            form,
            lambda cleaned: create_account(
                username=cleaned["username"], password=cleaned["password"], values=form.values(), by=request.user
            ),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Change an account."""
        user = self.row_or_404(request, object_id)
        names = ("first_name", "last_name", "email", "is_active")
        form = ChangedAccountForm(request.POST or None, initial={name: getattr(user, name) for name in names})
        page = DeskPage(
            heading=_("Konto {name}").format(name=user.username),
            lead=_("Ein geschlossenes Konto meldet sich nicht mehr an; was es getan hat, bleibt im Protokoll."),
            button=_("Konto speichern"),
            done=_("Konto gespeichert."),
            back=self.list_address(),
            crumbs=self.crumbs(user.username),
            is_example=user.is_demo,
        )
        return act_page(
            request,
            page,
            form,
            lambda cleaned: change_account(
                user=user, values=form.values(), password=cleaned["password"], by=request.user
            ),
        )

    @admin.display(description=gettext_lazy("Name"), ordering="last_name")
    def name_shown(self, user: User) -> str:
        return user.get_full_name() or "–"


class UnitForm(forms.Form):
    """A unit: what it is called, where it stands, how long it exists."""

    name = LineField(label=gettext_lazy("Name"), max_length=160)
    short_name = LineField(label=gettext_lazy("Kurzname"), max_length=60, required=False)
    number = LineField(label=gettext_lazy("Amtsnummer"), max_length=10, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Art"), choices=[("", gettext_lazy("Bitte wählen")), *OrganisationUnit.Kind.choices]
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("gehört zu"),
        queryset=OrganisationUnit.objects.order_by("name", "code"),
        required=False,
        empty_label=gettext_lazy("niemandem"),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("besteht seit"), required=False, help_text=DAY_HINT, error_messages=DAY_ERROR
    )
    valid_until = forms.DateField(
        label=gettext_lazy("bestand bis"), required=False, help_text=DAY_HINT, error_messages=DAY_ERROR
    )


class NewUnitForm(UnitForm):
    """A unit that comes to the tree."""

    code = forms.SlugField(
        label=gettext_lazy("Schlüssel"),
        max_length=60,
        help_text=gettext_lazy("Kleinbuchstaben, Ziffern und Bindestriche; ändert sich nie mehr."),
        error_messages={"invalid": gettext_lazy("Nur Kleinbuchstaben, Ziffern und Bindestriche.")},
    )
    field_order = ["code"]


class ChangedUnitForm(SeenForm, UnitForm):
    """A unit that is in the tree, and who follows it when it ends."""

    successors = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Nachfolge"),
        queryset=OrganisationUnit.objects.order_by("name", "code"),
        required=False,
        help_text=gettext_lazy("Welche Stellen ihre Aufgaben weiterführen, wenn sie endet."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def __init__(self, *args: Any, unit: OrganisationUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {"parent": unit.parent, "kind": unit.kind, "successors": list(unit.successors.all())}
        self.stand_on({name: self.initial[name] for name in self.initial if name not in named} | named)


@admin.register(OrganisationUnit)
class UnitAdmin(DeskAdmin):
    description = gettext_lazy(
        "Ämter, Eigenbetriebe, Gesellschaften und Stabsstellen. Ein Vorhaben behält die Stelle seines Tages, auch wenn "
        "sie später umbenannt wird oder endet."
    )
    list_display = ("name", "number", "kind", "parent", "valid_from", "valid_until")
    list_select_related = ("parent",)
    change_list_template = "admin/governance/unit_list.html"
    search_fields = ("name", "short_name", "number")
    search_help_text = gettext_lazy("Name oder Amtsnummer")
    ordering = ("name", "code")

    def reads(self, user: Any) -> bool:
        return may(user, Act.EDIT_ORGANISATION) or standing_of(user).is_cdo

    def adds(self, user: Any) -> bool:
        return may(user, Act.EDIT_ORGANISATION)

    def changes(self, user: Any, row: Any = None) -> bool:
        return may(user, Act.EDIT_ORGANISATION)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("einlesen/", wrap(import_page), name="governance_organisationunit_import"),
            path("einlesen/stand.xlsx", wrap(tree_file), name="governance_organisationunit_tree"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"may_import": may(request.user, Act.EDIT_ORGANISATION)} | (extra_context or {})
        return super().changelist_view(request, context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add a unit."""
        require(request.user, Act.EDIT_ORGANISATION)
        form = NewUnitForm(request.POST or None)
        page = DeskPage(
            heading=_("Stelle anlegen"),
            lead="",
            button=_("Stelle anlegen"),
            done=_("Stelle angelegt."),
            back=self.list_address(),
            crumbs=self.crumbs(_("Stelle anlegen")),
        )
        return act_page(
            request,
            page,
            form,
            lambda cleaned: add_unit(
                code=cleaned["code"],
                values={name: value for name, value in cleaned.items() if name != "code"},
                by=request.user,
            ),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a unit; those who run the portal change it."""
        unit = self.row_or_404(request, object_id)
        if not self.changes(request.user):
            return act_page(request, self._page(unit, facts=_unit_facts(unit)), None)
        initial = {name: getattr(unit, name) for name in UnitForm.base_fields if name != "parent"}
        initial |= {"parent": unit.parent_id, "successors": unit.successors.all()}
        form = ChangedUnitForm(request.POST or None, unit=unit, initial=initial)
        return act_page(
            request,
            self._page(unit),
            form,
            lambda cleaned: change_unit(
                unit=unit,
                values={name: value for name, value in cleaned.items() if name != "successors"},
                successors=cleaned["successors"],
                by=request.user,
            ),
        )

    def _page(self, unit: OrganisationUnit, facts: tuple[Fact, ...] = ()) -> DeskPage:
        return DeskPage(
            heading=unit.name,
            lead="",
            button=_("Stelle speichern"),
            done=_("Stelle gespeichert."),
            back=self.list_address(),
            crumbs=self.crumbs(unit.name),
            facts=facts,
            is_example=unit.is_example,
        )


def _unit_facts(unit: OrganisationUnit) -> tuple[Fact, ...]:
    named = ("code", "short_name", "number", "parent", "valid_from", "valid_until", "source")
    facts = [Fact(_("Art"), unit.get_kind_display())]
    facts += [
        Fact(str(OrganisationUnit._meta.get_field(name).verbose_name), getattr(unit, name))  # type: ignore[union-attr]
        for name in named
        if getattr(unit, name)
    ]
    return tuple(facts)
