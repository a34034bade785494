"""What the desk types to make a project public: the text, the consent, the release, the taking back."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.models import OrganisationUnit, Source
from governance.record.forms import LineField, ReasonField, TextField
from governance.record.layout import DayInput, PortalFormHelper
from pool.barred import lead_units
from pool.project.models import Project
from pool.publication.models import Picture, PublicText
from pool.publication.open_fields import Note
from pool.publication.pictures import LARGEST_FILE, TOO_LARGE, EncodedPicture, encode_picture
from pool.publication.release_rules import NOTE_LENGTH, PLAIN_TEXT_LENGTH, Change, PictureLicence


class VersionedForm(forms.Form):
    """A form that knows which state of the project the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class PictureField(forms.FileField):
    """A PNG, JPEG or WebP file, read and made small at once; what it yields is ready to be kept."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def to_python(self, data: UploadedFile | None) -> EncodedPicture | None:  # type: ignore[override]
        file = super().to_python(data)
        if file is None:
            return None
        if file.size is not None and file.size > LARGEST_FILE:
            raise forms.ValidationError(TOO_LARGE, code="too_large")
        return encode_picture(file.read())


# What is typed of a version, in the order of the form.
WRITTEN = (
    "title",
    "short_text",
    "why",
    "learnt",
    "plain_text",
    "picture_alt",
    "picture_author",
    "picture_licence",
    "picture_permission",
)


class PublicTextForm(VersionedForm):
    """The next version of the public text."""

    title = LineField(label=_("Titel"), max_length=120)
    short_text = LineField(
        label=_("Kurztext"),
        max_length=400,
        help_text=_("Ein bis zwei Sätze: was entsteht, und wer etwas davon hat."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    why = TextField(label=_("Warum"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 6}))
    learnt = TextField(
        label=_("Was wir gelernt haben"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    plain_text = TextField(
        label=_("In einfacher Sprache"),
        max_length=PLAIN_TEXT_LENGTH,
        required=False,
        help_text=_(
            "Zwei bis fünf kurze Sätze: Was macht die Stadt? Wem hilft das? Wie weit ist es? Kurze Wörter, ein Gedanke "
            "je Satz, keine Abkürzungen. Nötig zum Veröffentlichen. Nach dem Festhalten stehen hier Hinweise."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    picture = PictureField(
        label=_("Bild"),
        required=False,
        help_text=_("PNG, JPEG oder WebP, höchstens 5 MB. Ort, Zeit und andere Angaben in der Datei werden entfernt."),
    )
    keep_picture = forms.BooleanField(label=_("Bild der vorigen Fassung behalten"), required=False)
    picture_alt = LineField(
        label=_("Bildbeschreibung"),
        max_length=300,
        required=False,
        help_text=_(
            "Was auf dem Bild zu sehen ist, für Menschen, die es nicht sehen. Nötig, sobald ein Bild dabei ist."
        ),
    )
    picture_author = LineField(
        label=_("Wer hat das Bild gemacht?"),
        max_length=160,
        required=False,
        help_text=_(
            "Der Name steht öffentlich unter dem Bild, zum Beispiel „Stadt Mainz“. Nötig, sobald ein Bild da ist."
        ),
    )
    picture_licence = forms.ChoiceField(label=_("Lizenz des Bildes"), required=False)
    picture_permission = LineField(
        label=_("Wo liegt die Erlaubnis?"),
        max_length=300,
        required=False,
        help_text=_("Nur bei „Erlaubnis liegt vor“: Aktenzeichen oder Ablage. Das wird nie öffentlich."),
    )

    def __init__(self, *args: Any, last_text: PublicText | None = None, **kwargs: Any) -> None:
        self.last_picture: Picture | None = last_text.picture if last_text else None
        super().__init__(*args, **kwargs)
        if self.last_picture is None:
            del self.fields["keep_picture"]
        licences = [(each.value, each.label) for each in PictureLicence if each is not PictureLicence.UNNAMED]
        self.fields["picture_licence"].choices = [("", _("kein Bild")), *licences]  # type: ignore[attr-defined]
        demanded = ("plain_text", "picture_author", "picture_licence", "picture_permission")
        self.helper = PortalFormHelper(self, submit=_("Fassung festhalten"), demanded=demanded)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "picture" not in self.errors and self.chosen_picture and not cleaned.get("picture_alt"):
            self.add_error("picture_alt", _("Beschreiben Sie das Bild für Menschen, die es nicht sehen."))
        if "picture" not in self.errors and self.chosen_picture:
            self._ask_for_licence(cleaned)
        return cleaned

    def _ask_for_licence(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("picture_author"):
            self.add_error("picture_author", _("Nennen Sie, wer das Bild gemacht hat."))
        if not cleaned.get("picture_licence"):
            self.add_error("picture_licence", _("Wählen Sie die Lizenz des Bildes."))
        if cleaned.get("picture_licence") == PictureLicence.PERMISSION and not cleaned.get("picture_permission"):
            self.add_error("picture_permission", _("Nennen Sie, wo die Erlaubnis für das Bild liegt."))

    @property
    def chosen_picture(self) -> EncodedPicture | Picture | None:
        """Return the new picture, else the kept one, else none."""
        kept = self.last_picture if self.cleaned_data.get("keep_picture") else None
        return self.cleaned_data.get("picture") or kept

    def values(self) -> dict[str, Any]:
        """Return what `write_public_text` takes."""
        return {name: self.cleaned_data[name] for name in (*WRITTEN, "version")} | {"picture": self.chosen_picture}

    @staticmethod
    def initial_for(project: Project, last_text: PublicText | None) -> dict[str, Any]:
        """Return what the form starts with: the version before, else the project's own text."""
        if last_text is not None:
            written = {name: getattr(last_text, name) for name in WRITTEN}
            if written["picture_licence"] == PictureLicence.UNNAMED:
                written["picture_licence"] = ""
            return written | {"keep_picture": last_text.picture_id is not None, "version": project.version}
        return {
            "title": project.title,
            "short_text": project.short_text,
            "why": project.problem,
            "learnt": project.result,
            "version": project.version,
        }


def lead_units_to_choose(project: Project) -> QuerySet[OrganisationUnit]:
    """Return the lead unit and its office, one of which agrees to a text."""
    return OrganisationUnit.objects.filter(pk__in=lead_units(project)).order_by("name")


class AskConsentForm(VersionedForm):
    """Asking the lead unit in the portal."""

    unit = forms.ModelChoiceField(
        label=_("Wen bitten Sie?"), queryset=OrganisationUnit.objects.none(), empty_label=_("Bitte wählen")
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = lead_units_to_choose(project)  # type: ignore[attr-defined]
        self.helper = PortalFormHelper(self, submit=_("Um Zustimmung bitten"))


class ConsentForm(VersionedForm):
    """The lead unit's consent to one version, given on paper."""

    unit = forms.ModelChoiceField(
        label=_("Stelle"), queryset=OrganisationUnit.objects.none(), empty_label=_("Bitte wählen")
    )
    given_by = LineField(
        label=_("Zugestimmt hat"),
        max_length=160,
        help_text=_("Name und Funktion. Beides steht nur hier und im Protokoll, nie auf den öffentlichen Seiten."),
    )
    given_on = forms.DateField(label=_("Tag der Zustimmung"), widget=DayInput)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = lead_units_to_choose(project)  # type: ignore[attr-defined]
        self.helper = PortalFormHelper(self, submit=_("Zustimmung festhalten"))


class ReleaseForm(VersionedForm):
    """The release itself: when, and what changes; a taken over project may stand on its source instead of a consent."""

    source = forms.ModelChoiceField(
        label=_("Öffentliche Quelle"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=_("keine, es liegt eine Zustimmung vor"),
    )
    source_read_on = forms.DateField(label=_("Quelle gelesen am"), required=False, widget=DayInput)
    change = forms.ChoiceField(
        label=_("Was ändert sich auf der öffentlichen Seite?"),
        choices=Change,
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie, was sich ändert.")},
    )
    note = LineField(
        label=_("Berichtigung"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("Ein Satz für alle: „Berichtigt am …: Der Start ist 2027, nicht 2026.“ Der Tag kommt von selbst."),
    )
    on_day = forms.DateField(
        label=_("Öffentlich ab"),
        widget=DayInput,
        help_text=_("Heute, oder ein späterer Tag: Dann erscheint die Seite mit seinem Beginn von selbst."),
        error_messages={"required": _("Nennen Sie den Tag.")},
    )

    def __init__(self, *args: Any, project: Project, has_consent: bool, replaces: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_consent or not project.is_taken_over:
            del self.fields["source"], self.fields["source_read_on"]
        else:
            self.fields["source"].queryset = Source.objects.filter(project_links__project=project)  # type: ignore[attr-defined]
        if not replaces:
            del self.fields["change"], self.fields["note"]
        demanded = ("note",) if replaces else ()
        self.helper = PortalFormHelper(self, submit=_("Diese Fassung veröffentlichen"), demanded=demanded)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("change") == Change.NOTED and not cleaned.get("note"):
            self.add_error("note", _("Schreiben Sie in einem Satz, was berichtigt ist."))
        return cleaned


class NotedForm(forms.Form):
    """The note of a correction and its day, as far as they are written: to look at before the release."""

    change = forms.ChoiceField(choices=Change, required=False)
    note = LineField(label=_("Berichtigung"), max_length=NOTE_LENGTH, required=False)
    on_day = forms.DateField(required=False)

    def noted(self, today: date) -> Note | None:
        """Return the note as it would be public; None where none is written or the change is editorial."""
        if not self.is_valid() or self.cleaned_data["change"] == Change.EDITORIAL or not self.cleaned_data["note"]:
            return None
        return Note(max(self.cleaned_data["on_day"] or today, today), self.cleaned_data["note"])


class ChangeDayForm(VersionedForm):
    """Another day for what is planned."""

    on_day = forms.DateField(
        label=_("Öffentlich ab"), widget=DayInput, error_messages={"required": _("Nennen Sie den Tag.")}
    )


class ConsentAnswerForm(VersionedForm):
    """The lead unit's answer: it agrees, or refuses with a reason."""

    AGREES, REFUSES = "ja", "nein"

    answer = forms.ChoiceField(
        label=_("Stimmt Ihre Stelle dieser Fassung zu?"),
        choices=((AGREES, _("Ja, dieser Text darf so öffentlich werden")), (REFUSES, _("Nein, so noch nicht"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie Ja oder Nein.")},
    )
    reason = TextField(
        label=_("Begründung"),
        max_length=4000,
        required=False,
        help_text=_("Nur bei Nein. Schreiben Sie, was anders werden soll; die CDO liest es und schreibt neu."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PortalFormHelper(self, submit=_("Antwort abschicken"), demanded=("reason",))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == self.REFUSES and not cleaned.get("reason"):
            self.add_error("reason", _("Begründen Sie, warum die Stelle nicht zustimmt."))
        return cleaned


class TakeBackForm(VersionedForm):
    """Taking a project out of the public pages."""

    reason = ReasonField(
        help_text=_(
            "Die Begründung steht im Protokoll. Auf den öffentlichen Seiten gibt es das Projekt dann nicht mehr."
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PortalFormHelper(self, submit=_("Veröffentlichung zurücknehmen"))
