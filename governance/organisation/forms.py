"""Forms of the account: sign-in, password, own absences."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from governance.organisation.models import User
from governance.record.layout import DayInput

NAME_LENGTH = 150
PASSWORD_LENGTH = 1000
LONGEST_ABSENCE = timedelta(days=366)


class SignInForm(AuthenticationForm):
    """Name and password. The message is the same whether the name is unknown, closed or the password wrong."""

    error_messages = {
        "invalid_login": _(
            "Anmeldename oder Passwort stimmt nicht. Prüfen Sie beides, auch Groß- und Kleinschreibung."
        ),
        "inactive": _("Anmeldename oder Passwort stimmt nicht. Prüfen Sie beides, auch Groß- und Kleinschreibung."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label = _("Anmeldename")
        name.error_messages["required"] = _("Geben Sie Ihren Anmeldenamen ein.")
        password.error_messages["required"] = _("Geben Sie Ihr Passwort ein.")
        name.widget.attrs.pop("autofocus", None)
        if self.initial.get("username") and not self.is_bound:
            password.widget.attrs["autofocus"] = True

    def clean_username(self) -> str:
        return self.no_longer_than(NAME_LENGTH, self.cleaned_data["username"])

    def clean_password(self) -> str:
        return self.no_longer_than(PASSWORD_LENGTH, self.cleaned_data["password"])

    def no_longer_than(self, length: int, value: str) -> str:
        """Refuse what no account can have before it reaches the counter of wrong tries or the hash."""
        if len(value) > length:
            raise ValidationError(self.error_messages["invalid_login"], code="invalid_login")
        return value


class NewPasswordWords:
    """The rule for passwords in one sentence, and what to do when a field is empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        first, second = fields["new_password1"], fields["new_password2"]
        first.help_text = _("Mindestens 12 Zeichen, nicht nur Ziffern, kein häufiges Wort. Ein kurzer Satz ist gut.")
        first.error_messages["required"] = _("Geben Sie ein neues Passwort ein.")
        second.label, second.help_text = _("Neues Passwort wiederholen"), ""
        second.error_messages["required"] = _("Wiederholen Sie das neue Passwort.")
        if "old_password" in fields:
            fields["old_password"].label = _("Bisheriges Passwort")
            fields["old_password"].error_messages["required"] = _("Geben Sie Ihr bisheriges Passwort ein.")
            fields["old_password"].widget.attrs.pop("autofocus", None)


class ChangeForm(NewPasswordWords, PasswordChangeForm):
    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": _("Das bisherige Passwort stimmt nicht."),
        "password_mismatch": _("Die beiden neuen Passwörter unterscheiden sich. Geben Sie zweimal dasselbe ein."),
    }


class NewForm(NewPasswordWords, SetPasswordForm):
    error_messages = SetPasswordForm.error_messages | {
        "password_mismatch": ChangeForm.error_messages["password_mismatch"]
    }


class ResetForm(PasswordResetForm):
    """Asks for the address a link is sent to; who has an account that may get one stands in `accounts`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Dienstliche E-Mail-Adresse")
        self.fields["email"].error_messages = {
            "required": _("Geben Sie Ihre E-Mail-Adresse ein."),
            "invalid": _("Geben Sie die Adresse so ein: name@stadt.mainz.de"),
        }

    def accounts(self) -> list[User]:
        """Return the open accounts with the address that was typed; a valid form only."""
        found = self.get_users(self.cleaned_data["email"])
        return [account for account in found if settings.DEMO or not account.is_demo]


def day_field(label: Any, missing: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=_("Zum Beispiel 24.12.2026"),
        widget=DayInput(attrs={"autocomplete": "off"}),
        error_messages={"required": missing, "invalid": _("Schreiben Sie den Tag so: 24.12.2026")},
    )


class AbsenceForm(forms.Form):
    """Days on which a deputy may act."""

    first_day = day_field(_("Erster Tag"), _("Nennen Sie den ersten Tag Ihrer Abwesenheit."))
    last_day = day_field(_("Letzter Tag"), _("Nennen Sie den letzten Tag Ihrer Abwesenheit."))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first is None or last is None:
            return cleaned
        if last < first:
            self.add_error("last_day", _("Der letzte Tag liegt vor dem ersten. Tauschen Sie die beiden Tage."))
        elif last - first > LONGEST_ABSENCE:
            self.add_error("last_day", _("Tragen Sie höchstens ein Jahr am Stück ein."))
        elif last < self.today:
            self.add_error(
                "last_day", _("Diese Tage sind schon vorbei; eine Vertretung kann nicht rückwirkend handeln.")
            )
        return cleaned
