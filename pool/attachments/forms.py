"""Choosing files to hang on an idea."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.record.layout import PortalFormHelper
from pool.attachments.contents import examine, refuse_size
from pool.attachments.rules import KINDS

AT_ONCE = 10


class FilesInput(forms.ClearableFileInput):
    """A choice of several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files, each read and examined; what is refused is named file by file."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: Sequence[UploadedFile] = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > AT_ONCE:
            raise ValidationError(_("Wählen Sie höchstens {number} Dateien auf einmal.").format(number=AT_ONCE))
        read, refused = [], []
        for file in files:
            try:
                read.append((file.name or "", _content(file)))
            except ValidationError as error:
                refused.append(ValidationError(f"„{_short(file.name)}“: {error.messages[0]}"))
        if refused:
            raise ValidationError(refused)
        return read


def _content(file: UploadedFile) -> bytes:
    refuse_size(file.size or 0)
    content = file.read()
    examine(content)
    return content


def _short(name: str | None) -> str:
    return (name or "")[:60]


class AttachmentsForm(forms.Form):
    """Files to add."""

    uploads = FilesField(
        label=gettext_lazy("Dateien auswählen"),
        help_text=gettext_lazy(
            "PDF, Bilder (PNG, JPEG, WebP) und Office-Dateien (docx, xlsx, pptx, odt, ods, odp), jede höchstens 5 MB. "
            "Bei Bildern werden Ort, Zeit und Kamera aus der Datei entfernt."
        ),
        error_messages={"required": gettext_lazy("Wählen Sie mindestens eine Datei aus.")},
        widget=FilesInput(attrs={"accept": ",".join(f".{kind}" for kind in (*KINDS, "jpeg"))}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PortalFormHelper(self, tag=False)
