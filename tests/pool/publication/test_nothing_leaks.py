"""DAT-06: of everything that the portal holds, only the released is read: all public addresses, searched by bytes.

Every field of every model bears a mark of its own (tests/marked_rows.py); then every public address is fetched, in
every language and every format, with its headers, and the marks are looked for. A new field is inside by default: to be
read outside it must be named here.
Source: Verfahrensordnung des Portals, „Veröffentlichung“.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, models, transaction
from django.test import Client

from governance.mandates.rules import Role
from governance.models import Actor, Handlungsfeld, OrganisationUnit
from governance.record import clock
from governance.record.actions import system_actor
from pool.participation.counting import tally
from pool.participation.models import Beteiligungsformat, Feedback, Subscription
from pool.project.models import Project, ProjectSource
from pool.publication.actions import release, write_public_text
from pool.publication.models import Picture, PublicMilestone, PublicText, Release
from pool.publication.pictures import encode_picture
from tests.conftest import append_only_triggers_dropped
from tests.factories import (
    class_mark,
    employed_in,
    handlungsbedarf,
    handlungsfeld,
    mandate,
    project_at,
    unit,
    user_with,
)
from tests.marked_rows import Mark, every_model, mark_everything, other_values, rows_of_everything
from tests.pool.publication.publishing import consented, image_file, written
from tests.public_addresses import ERRORS, public_addresses

# What is released of a project: the texts of the released version, the facts that go with them.
OF_A_PROJECT = {
    "Project.slug",
    "PublicText.title", "PublicText.short_text", "PublicText.plain_text", "PublicText.why", "PublicText.learnt",
    "PublicText.picture_alt", "PublicText.picture_author",
    "Picture.sha256", "Picture.content", "Picture.media_type",
    "Release.released_at", "Release.note",
    "PublicMilestone.title",
    "Transition.at",  # a feed says when; the page says the day
    "OrganisationUnit.name", "OrganisationUnit.short_name",
    "Source.title", "Source.address",
}  # fmt: skip
# The frame is public as a whole: what it says, not what it is called inside.
OF_THE_FRAME = {
    "Edition.title", "Edition.lead",
    "VisionQuestion.question", "VisionQuestion.answer",
    "Leitlinie.title", "Leitlinie.text",
    "Handlungsfeld.slug", "Handlungsfeld.name", "Handlungsfeld.topic", "Handlungsfeld.starting_situation",
    "StrategicGoal.code", "StrategicGoal.text",
    "Handlungsbedarf.code", "Handlungsbedarf.title", "Handlungsbedarf.short_title", "Handlungsbedarf.gap",
    "Teilziel.text",
    "Querschnittsthema.name", "Querschnittsthema.text", "Querschnittsthema.charta_group",
    "SDG.name", "Stadtteil.name", "Stadtteil.slug",
    "UebergeordneterBaustein.name", "UebergeordneterBaustein.text",
    "Grundkriterium.name", "Grundkriterium.holds_when", "Grundkriterium.guiding_question",
    "Reifegrad.name", "Reifegrad.rates_what",
    "RubricVersion.note", "RubricDimension.name", "RubricDimension.hint", "RubricDimension.evidence",
    "RubricLevel.word", "RubricLevel.anchor",
}  # fmt: skip
# What people wrote to be read: shown ones, in the words that the office let through, and what it announced.
OF_TAKING_PART = {
    "Feedback.public_text", "Feedback.answer",
    "Beteiligungsformat.slug", "Beteiligungsformat.title", "Beteiligungsformat.short_text",
    "Beteiligungsformat.audience", "Beteiligungsformat.place", "Beteiligungsformat.online_address",
    "Beteiligungsformat.accessibility", "Beteiligungsformat.contact", "Beteiligungsformat.outcome",
    "Beteiligungsformat.published_at", "Beteiligungsformat.changed_at",
    "WayToTakePart.title", "WayToTakePart.text",
}  # fmt: skip
SHOWN = OF_A_PROJECT | OF_THE_FRAME | OF_TAKING_PART
# Looked in by the search, shown by nothing: words of the released text in other forms.
SEARCHED = {"PublicText.search_text", "PublicText.search_terms"}

# What bears no mark, but is released or decides whether something is: numbers, days, truths, choices.
FACTS = {
    "Project.step", "Project.step_since", "Project.step_since_precision", "Project.in_operation",
    "Project.is_taken_over", "Project.is_example", "Project.standing_is_example", "Project.handlungsfeld_is_example",
    "Project.lead_unit_is_example", "Project.sdgs_are_example",
    "Transition.act", "Transition.from_step", "Transition.to_step", "Transition.on_day", "Transition.precision",
    "NeedLink.is_example", "ProjectSource.read_on",
    "ClassMark.mark", "ClassMark.state", "ClassMark.is_current",
    "Release.is_current", "Release.is_planned", "Release.change", "Release.source_read_on",
    "PublicText.picture_licence", "Picture.width", "Picture.height",
    "Milestone.planned_on", "Milestone.planned_precision", "Milestone.first_planned_on", "Milestone.first_precision",
    "Milestone.reached_on", "Milestone.given_up_on",
    "Project.reach", "Project.reach_is_example",
    "Feedback.kind", "Feedback.channel", "Feedback.received_on", "Feedback.state", "Feedback.is_example",
    "Beteiligungsformat.mode", "Beteiligungsformat.first_day", "Beteiligungsformat.last_day",
    "Beteiligungsformat.begins", "Beteiligungsformat.ends", "Beteiligungsformat.state",
    "Beteiligungsformat.is_example",
    "WayToTakePart.position", "WayToTakePart.text_is_example",
}  # fmt: skip
# All that these models hold is public or decides what is: the frame, and the rule that `/verfahren/` states.
FRAME = {
    "Edition", "VisionQuestion", "Leitlinie", "Handlungsfeld", "StrategicGoal", "Handlungsbedarf", "Teilziel",
    "Querschnittsthema", "SDG", "UebergeordneterBaustein", "Grundkriterium", "Reifegrad", "RubricVersion",
    "RubricDimension", "RubricLevel", "RuleVersion",
}  # fmt: skip

# Fields that stay as they are, and why.
LEFT_OUT: dict[str, str] = {}

# What rows that nobody made before need, so that the database takes them.
DAY = clock.today
GIVEN: dict[str, dict[str, Any]] = {
    "User_groups": {"group": lambda: Group.objects.get_or_create(name="x")[0]},
    "User_user_permissions": {"permission": lambda: Permission.objects.first()},
    "Mail": {"state": "sent", "sent_at": clock.now},
    "SynonymGroup": {"words": "stadt,ort"},
    "Difference": {"other": lambda: inner("draft")},
    "ProjectLink": {"other": lambda: inner("draft")},
    "StandIn": {"by": lambda: Actor.objects.create()},
    "HandOver": {"by": system_actor},
    "Opinion": {"vernetzung": 1, "effect_inward": 1, "effect_outward": 1, "kompetenzaufbau": 1, "synergien": 1},
    "SittingItem": {"conditions_due_on": DAY, "follow_up": lambda: OrganisationUnit.objects.first()},
    "Feedback": {
        "state": "shown", "moderated_at": clock.now, "refusal": "",
        "answered_at": clock.now, "answered_as": unit, "answered_by": system_actor,
    },
    "Recommendation": {"votes_yes": 2},
    "Milestone": {"reason": "x", "given_up_on": DAY, "closed_at": clock.now, "closed_by": system_actor},
    "PublicMilestone": {"text": lambda: Release.objects.get(is_current=True).text},
    "Beteiligungsformat": {"state": "published", "published_at": clock.now},
    "PublicMail": {"subscription": lambda: Subscription.objects.first()},
    "PageOpinion": {"month": lambda: clock.today().replace(day=1)},
}  # fmt: skip


def inner(step: str) -> Project:
    return Project.objects.filter(step=step, releases=None).order_by("created_at").first()


@dataclass
class Outside:
    """What was fetched: every public answer by its address, headers and all; the marks; the rows that are released."""

    marks: list[Mark]
    released: list[models.Model]
    answers: dict[str, bytes] = field(default_factory=dict)

    def seen(self) -> list[tuple[Mark, str]]:
        """Return the marks that stand somewhere, each with one place where it stands."""
        everything = b"\n".join(self.answers.values())
        found = [mark for mark in self.marks if mark.seen.encode() in everything]
        return [(mark, next(a for a, answer in self.answers.items() if mark.seen.encode() in answer)) for mark in found]


@pytest.fixture(scope="module", autouse=True)
def unlimited() -> Iterator[None]:
    """This search asks more often than anybody may (SEC-19)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "add", lambda *_request: 0)
        yield


@pytest.fixture(scope="module")
def outside(module_db) -> Outside:
    """A released project, everything beside it that is not, marks in all of it, and all that the public can fetch."""
    cdo = user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate(Role.CDO), username="cdo")
    project = project_at("completed", title="Öffentlich", field=handlungsfeld())
    text = released(project, cdo)
    _beside(project, cdo)
    rows_of_everything([project], GIVEN)
    format_, voice = Beteiligungsformat.objects.get(), Feedback.objects.get(project=project)
    _not_yet(format_, voice)
    # Frame and organisation are public as a whole; of the rest only these rows.
    shown = [project, text, text.picture, Release.objects.get(text=text), format_, voice, *project.transitions.all()]
    shown += PublicMilestone.objects.filter(text=text)
    shown += [project.lead_unit, *(row.source for row in ProjectSource.objects.filter(project=project))]
    with append_only_triggers_dropped():
        marks = mark_everything(LEFT_OUT)
    made = Outside(marks, shown)
    client = Client(raise_request_exception=True)
    for address in addresses(Project.objects.get(pk=project.pk)):
        answer = client.get(address)
        made.answers[address] = _bytes(answer)
    return made


def released(project: Project, cdo: Any) -> PublicText:
    """Release a project with everything that a text can have, the second version with a correction; return it."""
    words = {"why": "w", "learnt": "l", "picture": encode_picture(image_file()), "picture_alt": "alt"}
    release(text=consented(written(project, cdo, **words), cdo), by=cdo)
    text = consented(written(project, cdo, **words), cdo)
    release(text=text, by=cdo, change="noted", note="n")
    project.need_links.get_or_create(handlungsbedarf=handlungsbedarf())
    class_mark(project, "leuchtturm", "confirmed")
    class_mark(project, "schnellboot", "proposed")
    return text


def _beside(project: Project, cdo: Any) -> None:
    """A text that waits, projects that nobody released or that were taken back, all serving the same needs."""
    write_public_text(project=project, title="Wartet", short_text="Wartet", by=cdo, version=None)
    taken = project_at("running", title="Zurückgenommen", field=project.lead_handlungsfeld)
    made = released(taken, cdo)
    Release.objects.filter(text=made).update(is_current=False, taken_back_at=clock.now(), taken_back_by=made.by)
    for step in ("draft", "running", "completed"):
        other = project_at(step, field=project.lead_handlungsfeld)
        Project.objects.filter(pk=other.pk).update(slug=f"geheim-{step}")
        other.need_links.get_or_create(handlungsbedarf=handlungsbedarf())
        class_mark(other, "leuchtturm", "confirmed")
    Project.objects.filter(pk=other.pk).update(succeeded_by=project)
    Project.objects.filter(pk=project.pk).update(succeeded_by=taken)


def _not_yet(format_: Beteiligungsformat, voice: Feedback) -> None:
    """What people wrote and nobody looked at, what was refused, and an invitation that is being written."""
    copies = [{"state": "waiting", "moderated_at": None}, {"state": "refused", "refusal": "insults"}]
    bare = {"public_text": "", "answer": "", "answered_at": None, "answered_as": None, "answered_by": None}
    kept = {
        f.name: getattr(voice, f.name) for f in Feedback._meta.concrete_fields if f.name not in ("id", "form_token")
    }
    Feedback.objects.bulk_create(Feedback(**{**kept, **bare, **copy, "idea": None}) for copy in copies)
    draft = Beteiligungsformat.objects.get(pk=format_.pk)
    draft.pk, draft.slug, draft.state = None, "entwurf", "draft"
    draft.save(force_insert=True)
    draft.projects.add(voice.project)
    format_.projects.add(voice.project)


def addresses(project: Project) -> list[str]:
    """Return every public address, those of what is not released too, and the list and the data asked in many ways."""
    field_slug = Handlungsfeld.objects.values_list("slug", flat=True).get(pk=project.lead_handlungsfeld_id)
    slugs = list(Project.objects.exclude(slug="").values_list("slug", flat=True))
    formats = [[slug] for slug in Beteiligungsformat.objects.values_list("slug", flat=True)]
    opened_on = {
        "-": [[]],
        "field": [[field_slug]],
        "public": [[slug] for slug in slugs],
        "picture": [[sha256] for sha256 in Picture.objects.values_list("sha256", flat=True)],
        "format": formats,
        "calendar": formats,
        "about": [["feld", field_slug], *(["projekt", slug] for slug in slugs)],
        "bad link": [["abc"]],
        "bad token": [["MQ", "abc-def"]],
    }
    found = [each.address for each in public_addresses(opened_on)]
    lists = ["/projekte/", "/en/projekte/", "/offene-daten/projekte.json", "/offene-daten/projekte.csv"]
    asked = ["page=1", "ordnung=titel", "klasse=leuchtturm", "klasse=schnellboot", f"feld={field_slug}", "q=ein"]
    return [*found, *(f"{address}?{query}" for address in lists for query in asked), *ERRORS.values()]


def _bytes(answer: Any) -> bytes:
    """Return an answer as it goes over the wire, status and headers before it, without the address it was asked by."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    asked = answer.wsgi_request.path.removeprefix("/en").encode()
    return f"{answer.status_code}\n{head}\n\n".encode() + content.replace(asked, b"")


# --- Marks --------------------------------------------------------------------------------------------------------


def test_every_model_bears_marks_and_every_public_address_was_fetched(outside):
    assert len({mark.name for mark in outside.marks}) > 250
    in_words = {model.__name__ for model in every_model() if _says_something(model)}
    assert in_words - {mark.model for mark in outside.marks} == set()
    statuses = {answer[:3] for answer in outside.answers.values()}
    assert statuses == {b"200", b"400", b"404"}


def _says_something(model: type[models.Model]) -> bool:
    return any(isinstance(each, (models.TextField, models.JSONField)) for each in model._meta.concrete_fields)


def test_nothing_but_the_released_is_read_anywhere(outside):
    wrong = [f"{mark.name} on {address}" for mark, address in outside.seen() if mark.name not in SHOWN]
    assert wrong == []


def test_of_each_kind_only_the_released_row_is_read(outside):
    frame = {name.partition(".")[0] for name in OF_THE_FRAME | {"WayToTakePart."}}
    rows = {(type(row), row.pk) for row in outside.released}
    inside = [
        f"{mark.name} of {mark.row.pk} on {address}"
        for mark, address in outside.seen()
        if mark.model not in frame and (type(mark.row), mark.row.pk) not in rows
    ]
    assert inside == []


def test_all_that_is_released_can_be_read_somewhere(outside):
    """Else this search sees nothing because it looks at nothing."""
    assert SHOWN - {mark.name for mark, _address in outside.seen()} == set()


def test_searching_for_what_is_inside_finds_nothing(outside, db):
    client, looked = Client(), set()
    project = outside.released[0]
    for mark in sorted(outside.marks, key=lambda mark: project.pk not in (mark.row.pk, _project_of(mark.row))):
        if mark.name in SHOWN | SEARCHED | looked or not mark.seen.isalpha():
            continue
        looked.add(mark.name)
        assert client.get("/offene-daten/projekte.json", {"q": mark.seen}).json()["treffer"] == 0, mark.name
    assert len(looked) > 150


def _project_of(row: models.Model) -> Any:
    return getattr(row, "project_id", None)


# --- What bears no mark -------------------------------------------------------------------------------------------


def test_numbers_days_and_choices_that_are_inside_change_no_byte_outside(outside, db):
    """Not a level, a rank, a vote, a sum, a day; the mark of each answer (ETag) stays the same too."""
    altered = [each for each in other_values() if each[0] not in FACTS and each[1].__name__ not in FRAME]
    assert len(altered) > 150
    project = outside.released[0]
    # Forms hold a new token each time, pages of refusal a new number.
    restless = _changed([], outside.answers, project)
    steady = {address: answer for address, answer in outside.answers.items() if address not in restless}
    assert len(steady) > 60
    changed = _changed(altered, steady, project)
    assert {address: _to_blame(altered, outside, address) for address in changed[:3]} == {}


def _to_blame(altered: list[Any], outside: Outside, address: str) -> list[str]:
    """Return the names of the values whose change is seen at an address, found by halves."""
    if not _changed(altered, {address: outside.answers[address]}, outside.released[0]):
        return []
    if len(altered) == 1:
        return [altered[0][0]]
    half = len(altered) // 2
    return _to_blame(altered[:half], outside, address) + _to_blame(altered[half:], outside, address)


def _changed(altered: list[Any], before: dict[str, bytes], project: models.Model) -> list[str]:
    """Return the addresses that answer otherwise once these values are others."""
    with transaction.atomic():
        for _name, model, column, values in altered:
            _alter(model, column, values, project)
        client = Client(raise_request_exception=False)
        changed = [address for address, answer in before.items() if _bytes(client.get(address)) != answer]
        transaction.set_rollback(True)
    return changed


def _alter(model: type[models.Model], column: str, values: list[Any], project: models.Model) -> None:
    """Write the first value that the database takes, into all rows or into those of the released project alone."""
    names = {each.name for each in model._meta.concrete_fields}
    own = {"pk": project.pk} if isinstance(project, model) else {"project": project.pk} if "project" in names else None
    for rows in (model._base_manager.all(), *([model._base_manager.filter(**own)] if own else [])):
        for value in values:
            with suppress(DatabaseError), transaction.atomic():
                if rows.exclude(**{column: value}).update(**{column: value}):
                    return
