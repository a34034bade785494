"""What the desk types to make a project public: the text, the consent, the release, the taking back."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import OrganisationUnit, Source
from governance.organisation.queries import office_id
from governance.record import clock
from governance.record.forms import LineField, ReasonField, TextField
from governance.record.layout import DayInput, PortalFormHelper
from pool.project.models import Project
from pool.publication.models import Picture, PublicText
from pool.publication.pictures import LARGEST_FILE, TOO_LARGE, EncodedPicture, encode_picture


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

    def __init__(self, *args: Any, last_text: PublicText | None = None, **kwargs: Any) -> None:
        self.last_picture: Picture | None = last_text.picture if last_text else None
        super().__init__(*args, **kwargs)
        if self.last_picture is None:
            del self.fields["keep_picture"]
        self.helper = PortalFormHelper(self, submit=_("Fassung festhalten"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "picture" not in self.errors and self.chosen_picture and not cleaned.get("picture_alt"):
            self.add_error("picture_alt", _("Beschreiben Sie das Bild für Menschen, die es nicht sehen."))
        return cleaned

    @property
    def chosen_picture(self) -> EncodedPicture | Picture | None:
        """Return the new picture, else the kept one, else none."""
        kept = self.last_picture if self.cleaned_data.get("keep_picture") else None
        return self.cleaned_data.get("picture") or kept

    def values(self) -> dict[str, Any]:
        """Return what `write_public_text` takes."""
        names = ("title", "short_text", "why", "learnt", "picture_alt", "version")
        return {name: self.cleaned_data[name] for name in names} | {"picture": self.chosen_picture}

    @staticmethod
    def initial_for(project: Project, last_text: PublicText | None) -> dict[str, Any]:
        """Return what the form starts with: the version before, else the project's own text."""
        if last_text is not None:
            names = ("title", "short_text", "why", "learnt", "picture_alt")
            written = {name: getattr(last_text, name) for name in names}
            return written | {"keep_picture": last_text.picture_id is not None, "version": project.version}
        return {
            "title": project.title,
            "short_text": project.short_text,
            "why": project.problem,
            "learnt": project.result,
            "version": project.version,
        }


class ConsentForm(VersionedForm):
    """The lead unit's consent to one version."""

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
        office = office_id(project.lead_unit_id, clock.today())
        units = OrganisationUnit.objects.filter(Q(pk=project.lead_unit_id) | Q(pk=office))
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.helper = PortalFormHelper(self, submit=_("Zustimmung festhalten"))


class ReleaseForm(VersionedForm):
    """The release itself; a project that was taken over may stand on its public source instead of a consent."""

    source = forms.ModelChoiceField(
        label=_("Öffentliche Quelle"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=_("keine, es liegt eine Zustimmung vor"),
    )
    source_read_on = forms.DateField(label=_("Quelle gelesen am"), required=False, widget=DayInput)

    def __init__(self, *args: Any, project: Project, has_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_consent or not project.is_taken_over:
            del self.fields["source"], self.fields["source_read_on"]
        else:
            self.fields["source"].queryset = Source.objects.filter(project_links__project=project)  # type: ignore[attr-defined]
        self.helper = PortalFormHelper(self, submit=_("Diese Fassung veröffentlichen"))


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
