"""The frame at the desk: everything to read; to write only texts that are marked Beispiel."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.mandates.queries import standing_of
from governance.permissions import Act, may
from governance.record.admin import DeskAdmin, DeskPage, Fact, act_page
from governance.record.forms import SeenForm, TextField
from governance.strategy.actions import edit_example_text
from governance.strategy.models import (
    SDG,
    Edition,
    Grundkriterium,
    Handlungsbedarf,
    Handlungsfeld,
    Leitlinie,
    Querschnittsthema,
    Reifegrad,
    RubricVersion,
    Stadtteil,
    Stated,
    StrategicGoal,
    UebergeordneterBaustein,
    VisionQuestion,
)
from governance.strategy.rules import EXAMPLE_TEXTS

HIDDEN = frozenset({"id", "is_example"})
Texts = dict[str, tuple[Stated, str]]


class ExampleTextForm(SeenForm):
    """The texts of one row, and of the rows below it, that are marked Beispiel."""

    def __init__(self, *args: Any, texts: Texts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (row, field) in texts.items():
            model_field = row._meta.get_field(field)
            label = str(model_field.verbose_name)
            self.fields[name] = TextField(
                label=f"{label} {row.number}" if name.startswith("teilziel") else label,  # type: ignore[attr-defined]
                max_length=model_field.max_length,
                initial=getattr(row, field),
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"required": _("Schreiben Sie einen Text; leer lassen lässt er sich nicht.")},
            )
        self.stand_on({name: getattr(row, field) for name, (row, field) in texts.items()})


class FrameAdmin(DeskAdmin):
    """One kind of row of the frame."""

    description = gettext_lazy(
        "Der Rahmen steht in der Strategie und ändert sich mit einer neuen Ausgabe. Ändern lassen sich hier nur Texte, "
        "die als Beispiel gekennzeichnet sind."
    )

    def reads(self, user: Any) -> bool:
        return standing_of(user).is_cdo

    def changes(self, user: Any, row: Model | None = None) -> bool:
        return self.model.__name__ in EXAMPLE_TEXTS and may(user, Act.EDIT_FRAME)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a row with its provenance, and its example texts as a form for the CDO."""
        row = self.row_or_404(request, object_id)
        texts = _example_texts(row) if may(request.user, Act.EDIT_FRAME) else {}
        page = DeskPage(
            heading=str(row),
            lead=_("Diese Texte sind als Beispiel gekennzeichnet und lassen sich ändern.") if texts else "",
            button=_("Texte speichern"),
            done=_("Gespeichert. Die Texte bleiben als Beispiel gekennzeichnet."),
            back=self.list_address(),
            crumbs=self.crumbs(str(row)),
            facts=_facts(row, without={field for each, field in texts.values() if each == row}),
            is_example=getattr(row, "is_example", False),
        )
        form = ExampleTextForm(request.POST or None, texts=texts) if texts else None
        return act_page(request, page, form, lambda cleaned: _save(texts, cleaned, request))

    @admin.display(description=gettext_lazy("Beispiel"))
    def example_shown(self, row: Any) -> str:
        return _("Beispiel") if row.is_example else "–"


@transaction.atomic
def _save(texts: Texts, cleaned: dict[str, Any], request: HttpRequest) -> None:
    for name, (row, field) in texts.items():
        old = getattr(row, field)
        if cleaned[name] != old:
            edit_example_text(row=row, field=field, text=cleaned[name], seen=old, by=request.user)


def _example_texts(row: Any) -> Texts:
    """Return the texts of a row that carry the mark, with those of its Teilziele."""
    fields = EXAMPLE_TEXTS.get(type(row).__name__, {})
    texts: Texts = {field: (row, field) for field, flag in fields.items() if getattr(row, flag)}
    if isinstance(row, Handlungsbedarf):
        texts |= {f"teilziel_{each.pk}": (each, "text") for each in row.teilziele.all() if each.is_example}
    return texts


def _facts(row: Any, *, without: set[str]) -> tuple[Fact, ...]:
    facts = []
    for field in row._meta.get_fields():
        if not isinstance(field, Field) or field.name in HIDDEN | without or field.name.endswith("_is_example"):
            continue
        if field.many_to_many:
            value = "\n".join(str(each) for each in getattr(row, field.name).all())
        else:
            value = getattr(row, field.name)
        if value not in (None, ""):
            flag = getattr(row, f"{field.name}_is_example", False)
            facts.append(Fact(_label(field), value, bool(flag)))
    return tuple(facts) + _facts_below(row)


def _label(field: Field) -> str:
    """Return a field's label; a plain reference is named after what it refers to."""
    related = field.related_model
    if isinstance(related, type) and str(field.verbose_name) == field.name.replace("_", " "):
        return str(related._meta.verbose_name)  # type: ignore[attr-defined]
    return str(field.verbose_name)


def _facts_below(row: Any) -> tuple[Fact, ...]:
    if isinstance(row, Handlungsbedarf):
        return tuple(
            Fact(_("Teilziel {number}").format(number=each.number), each.text, each.is_example)
            for each in row.teilziele.all()
        )
    if isinstance(row, RubricVersion):
        return tuple(
            Fact(
                dimension.name,
                "\n".join(f"{level}: {level.anchor}" for level in dimension.levels.all()) + f"\n{dimension.evidence}",
            )
            for dimension in row.dimensions.prefetch_related("levels")
        )
    return ()


@admin.register(Edition)
class EditionAdmin(FrameAdmin):
    list_display = ("title", "code", "valid_from", "valid_until")


@admin.register(VisionQuestion)
class VisionAdmin(FrameAdmin):
    list_display = ("question", "answer", "example_shown")


@admin.register(Leitlinie, Querschnittsthema, UebergeordneterBaustein)
class NumberedAdmin(FrameAdmin):
    list_display = ("__str__", "number", "example_shown")


@admin.register(Handlungsfeld)
class HandlungsfeldAdmin(FrameAdmin):
    list_display = ("name", "code", "number")


@admin.register(StrategicGoal)
class GoalAdmin(FrameAdmin):
    list_display = ("text", "code", "handlungsfeld", "example_shown")
    list_select_related = ("handlungsfeld",)


@admin.register(Handlungsbedarf)
class HandlungsbedarfAdmin(FrameAdmin):
    list_display = ("title", "code", "handlungsfeld", "example_shown")
    list_select_related = ("handlungsfeld",)


@admin.register(SDG)
class SDGAdmin(FrameAdmin):
    description = gettext_lazy("Die 17 Ziele der Vereinten Nationen, wie die Einreichenden sie wählen.")
    list_display = ("name", "number")


@admin.register(Stadtteil)
class StadtteilAdmin(FrameAdmin):
    description = gettext_lazy("Die Stadtteile, die bei einem Projekt als Ort gewählt werden; hier nur zu lesen.")
    list_display = ("name", "slug", "example_shown")


@admin.register(Grundkriterium, Reifegrad)
class CriterionAdmin(FrameAdmin):
    description = gettext_lazy("Wortlaut der Ausgabe; hier nur zu lesen.")
    list_display = ("name", "number", "edition")
    list_select_related = ("edition",)


@admin.register(RubricVersion)
class RubricAdmin(FrameAdmin):
    description = gettext_lazy("Die Stufentexte, nach denen bewertet wird; hier nur zu lesen.")
    list_display = ("__str__", "valid_from", "example_shown")
