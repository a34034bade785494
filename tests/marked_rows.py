"""A row of every model, and in every field of it words or a moment that stand nowhere else.

Derived from the registry of models: a new model gets a row and a new field its mark without being named anywhere. Where
the database refuses, the test that asks must say what to fill in or why a field stays as it is.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from governance.record import clock

SHORTEST = 6  # letters that no German or English word, no hash and no number is taken for


@dataclass(frozen=True)
class Mark:
    """What a field of a row was filled with, as it would be seen."""

    model: str
    field: str
    row: models.Model
    seen: str

    @property
    def name(self) -> str:
        return f"{self.model}.{self.field}"


def every_model() -> list[type[models.Model]]:
    """Return the models of the portal, those between two others included."""
    return [model for label in ("governance", "pool") for model in apps.get_app_config(label).get_models(True)]


# --- A row of everything ------------------------------------------------------------------------------------------


def rows_of_everything(prefer: list[models.Model], given: Mapping[str, Mapping[str, Any]]) -> None:
    """Make a row of every model that has none, and one that hangs on each of `prefer` where none does.

    `given` names values by model, for what the database would refuse otherwise.
    """
    waiting = every_model()
    while waiting:
        left = []
        for model in waiting:
            try:
                with transaction.atomic():
                    _make(model, prefer, given.get(model.__name__, {}))
            except (IntegrityError, LookupError) as refused:
                left.append((model, refused))
        assert len(left) < len(waiting), "no row of " + "; ".join(f"{m.__name__}: {why}" for m, why in left)
        waiting = [model for model, _why in left]


def _make(model: type[models.Model], prefer: list[models.Model], given: Mapping[str, Any]) -> None:
    targets = [row for row in prefer if _link_to(model, type(row)) and model is not type(row)]
    for target in targets:
        link = _link_to(model, type(target))
        if not model._base_manager.filter(**{link.name: target}).exists():
            _made(model, {link.name: target, **given})
    if not targets and not model._base_manager.exists():
        _made(model, dict(given))


def _link_to(model: type[models.Model], target: type[models.Model]) -> Any:
    links = (f for f in model._meta.concrete_fields if f.is_relation and f.related_model is target)
    return next(links, None)


def _made(model: type[models.Model], values: dict[str, Any]) -> None:
    for field in model._meta.concrete_fields:
        is_named_by_itself = isinstance(field, models.AutoField)
        if field.name in values or field.has_default() or is_named_by_itself:
            continue
        if field.null:
            continue
        values[field.name] = _value(field)
    model._base_manager.bulk_create([model(**{name: _asked(value) for name, value in values.items()})])


def _asked(value: Any) -> Any:
    return value() if callable(value) else value


def _value(field: models.Field) -> Any:
    if field.is_relation:
        rows = field.related_model._base_manager.order_by("pk")
        if field.one_to_one:
            rows = rows.exclude(pk__in=field.model._base_manager.values(field.name))
        found = rows.first()
        if found is None:
            raise LookupError(f"{field} has nothing to point to yet")
        return found
    if field.choices:
        return field.flatchoices[0][0]
    now = clock.now()
    kinds = {
        models.DateTimeField: now, models.DateField: now.date(), models.TimeField: now.time(), models.JSONField: {},
        models.BooleanField: False, models.BinaryField: b"x", models.IntegerField: 1, models.UUIDField: uuid.uuid4(),
        models.CharField: "x" * min(field.max_length or 1, 9), models.TextField: "x",
    }  # fmt: skip
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), "x")


# --- A mark in every field ----------------------------------------------------------------------------------------


def mark_everything(left_out: Mapping[str, str]) -> list[Mark]:
    """Fill every field of every row that can bear a mark, but for those in `left_out`, and return the marks."""
    marks: list[Mark] = []
    # The minute and second of every moment are its own, and far from those at which this test itself runs.
    numbers = count((clock.now().minute + 15) * 60 + 1)
    refused: dict[str, str] = {}
    for model in every_model():
        for row in model._base_manager.order_by("pk"):
            for mark, value in _marks(row, left_out, numbers):
                try:
                    with transaction.atomic():
                        if value is not None:
                            model._base_manager.filter(pk=row.pk).update(**{mark.field: value})
                except IntegrityError as why:
                    refused[mark.name] = str(why)
                else:
                    marks.append(mark)
    bare = {name: why for name, why in refused.items() if name not in {mark.name for mark in marks}}
    assert not bare, f"These fields take no mark in any row; say why they stay as they are: {bare}"
    return marks


def _marks(row: models.Model, left_out: Mapping[str, str], numbers: Iterator[int]) -> Iterator[tuple[Mark, Any]]:
    """Yield the marks of a row, each with what to write; a random name is a mark as it is."""
    model = type(row)
    for field in model._meta.concrete_fields:
        if isinstance(field, models.UUIDField):
            yield Mark(model.__name__, field.name, row, str(getattr(row, field.attname))), None
        name = f"{model.__name__}.{field.name}"
        if name in left_out or field.primary_key or field.is_relation or field.choices:
            continue
        before = getattr(row, field.attname)
        if isinstance(field, models.DateTimeField):
            filled = _odd_moment(before, next(numbers)) if before else None
        else:
            filled = _filled(field, f"{name}/{row.pk}", before)
        if filled is not None:
            value, seen = filled
            yield Mark(model.__name__, field.name, row, seen), value


def _filled(field: models.Field, name: str, before: Any) -> tuple[Any, str] | None:
    """Return what to write into a field and what would be seen of it, or None where a mark would say nothing."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    word = "".join(chr(ord("a") + int(digest[at : at + 2], 16) % 26) for at in range(0, 28, 2))
    if isinstance(field, models.JSONField):
        return {word: word}, word
    if isinstance(field, models.BinaryField):
        return word.encode(), word
    if isinstance(field, (models.CharField, models.TextField, models.FileField)):
        if field.name == "sha256":
            return digest, digest
        if "," in str(before):  # several words in one field
            return f"{word},{word[::-1]}", word
        most = field.max_length or len(word)
        return (word[:most], word[:most]) if most >= SHORTEST else None
    return None


def _odd_moment(before: datetime, number: int) -> tuple[datetime, str]:
    """Return the same hour with a minute and second of its own, and these as every format writes them."""
    minute, second = divmod(number % 3600, 60)
    moment = timezone.localtime(before).replace(minute=minute, second=second, microsecond=0)
    return moment, f":{minute:02}:{second:02}"


# --- Another value in every field that bears no mark --------------------------------------------------------------


def other_values() -> list[tuple[str, type[models.Model], str, list[Any]]]:
    """Return for every number, day, truth and choice of every model other values: name, model, field, values to try."""
    return [
        (f"{model.__name__}.{field.name}", model, field.name, values)
        for model in every_model()
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.is_relation)
        for values in [_others(model, field)]
        if values
    ]


def _others(model: type[models.Model], field: models.Field) -> list[Any]:
    if field.choices:
        before = set(model._base_manager.values_list(field.name, flat=True))
        return [value for value, _label in field.flatchoices if value not in before]
    if isinstance(field, models.BooleanField):
        return [True, False]
    if isinstance(field, models.IntegerField):
        return [7919, 4, 3, 2]
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return [date(2019, 7, 19), date(2019, 7, 1)]
    return [time(5, 17)] if isinstance(field, models.TimeField) else []
