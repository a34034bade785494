"""The frame, the demo accounts, and a small world of examples around them: one project in every step, two sittings."""

import io
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from PIL import Image

from governance.models import Body, User
from governance.record import clock
from pool.attachments.models import Attachment
from pool.decision.actions import close_sitting, confirm, open_sitting, propose, put_on_list, record_outcome
from pool.decision.minutes import NOTHING_NOTED, Minutes
from pool.decision.models import Sitting, SittingItem
from pool.exchange.accounts import GRANTED_ON, load_accounts
from pool.exchange.files import read
from pool.lifecycle import Step
from pool.maturity.actions import comment
from pool.maturity.models import InnerComment
from pool.participation.actions import enter_feedback
from pool.participation.formats import keep_format, keep_way
from pool.participation.models import Beteiligungsformat, PageNote, PageOpinion
from pool.project.models import Project
from pool.publication.actions import release, write_public_text
from pool.publication.consents import record_consent
from pool.publication.pictures import encode_picture
from pool.publication.release_rules import PictureLicence
from pool.questions.actions import ask_question
from pool.similarity.actions import ask_to_join
from tests.factories import handlungsfeld, join, project_at, unit

COMMISSION = {
    "funding": "secured",
    "council_matter": "keine",
    "unit_consent": "Leitung des Bürgeramts am 2. November 2026",
}


def load_people() -> dict[str, User]:
    """Install the frame and the demo accounts; return them by name, and two accounts besides."""
    call_command("load_frame", verbosity=0)
    with clock.played(datetime.combine(GRANTED_ON, time(9), ZoneInfo(settings.TIME_ZONE))):
        people = load_accounts(read("bodies_accounts.yaml")["accounts"])
    for user in people.values():
        user.__dict__.pop("_remembers_standing", None)
        user.__dict__.pop("_standing", None)
    people["superuser"] = User.objects.create_superuser("superuser", password="x", is_demo=True)
    return people


@dataclass
class World:
    """What pages can be opened on."""

    people: dict[str, User]
    projects: dict[str, Project] = field(default_factory=dict)
    open_sitting: Sitting | None = None
    items: dict[str, SittingItem] = field(default_factory=dict)
    closed_sitting: Sitting | None = None
    beschluss: SittingItem | None = None
    public: Project | None = None
    participation: Beteiligungsformat | None = None
    comment: InnerComment | None = None
    attachment: Attachment | None = None

    def client(self, role: str, **kwargs: object) -> Client:
        """Return a browser signed in as a role; anonymous and deactivated ones have no account that counts."""
        client = Client(**kwargs)
        if role == "deactivated":
            client.force_login(self.people["deactivated"])
            User.objects.filter(pk=self.people["deactivated"].pk).update(is_active=False)
        elif role != "anonymous":
            client.force_login(self.people[role])
        return client


def build_world() -> World:
    """Everything: people, a project in every step, a closed sitting with a Beschluss, an open one, a public project."""
    world = World(people=load_people())
    people = world.people
    people["deactivated"] = User.objects.create_user("ausgeschieden", password="x", is_demo=True)
    common = {
        "submitter": people["idee"],
        "lead_unit": unit("amt-60"),
        "field": handlungsfeld("DV"),
        "is_example": True,
    }
    for step in Step:
        world.projects[step.value] = project_at(step, title=f"Beispiel {step.value}", **common)
    for step in ("pooled", "assessed"):
        join(world.projects[step], people["gutachten"], "expert")
    world.comment = comment(project=world.projects["pooled"], text="Ein Wort für innen.", by=people["cdo"])
    for step in ("commissioned", "running"):
        join(world.projects[step], people["projektleitung"], "lead")
    ask_to_join(project=world.projects["assessed"], reason="Das Sozialamt testet mit.", by=people["idee2"])
    ask_question(
        project=world.projects["pooled"],
        topic="criterion_vernetzung",
        text="Wer im Sozialamt wirkt mit?",
        by=people["cdo"],
    )
    _hold_sittings(world, common)
    _publish(world)
    world.attachment = _attach(world)
    _take_part(world)
    return world


def _take_part(world: World) -> None:
    cdo, today = world.people["cdo"], clock.today()
    said = {"kind": "question", "channel": "letter", "text": "Ab wann gilt das?", "received_on": today}
    enter_feedback(subject=world.public, by=cdo, **said)
    world.participation = keep_format(
        values={
            "title": "Bürgerforum", "short_text": "Wir reden.", "audience": "alle", "mode": "on_site",
            "first_day": today + timedelta(days=20), "last_day": None, "begins": time(18), "ends": time(20),
            "place": "Stadthaus", "online_address": "", "accessibility": "Ohne Stufen.", "contact": "Am Telefon.",
            "outcome": "", "state": "published",
        },
        projects=[world.public],
        by=cdo,
    )  # fmt: skip
    keep_way(title="Post", text="Stadthaus", position=1, text_is_example=True, by=cdo)
    PageOpinion.objects.create(page="/projekte/", month=today.replace(day=1), helped=3, did_not=1)
    PageNote.objects.create(page="/projekte/", on_day=today, helped=True, text="Gut zu lesen.")


def _hold_sittings(world: World, common: dict[str, object]) -> None:
    cdo, chair = world.people["cdo"], world.people["lenkung"]
    body, today, amt = Body.objects.get(code="lenkungsgruppe"), clock.today(), unit("amt-60")
    world.closed_sitting = open_sitting(body=body, day=today, place="Stadthaus", by=cdo)
    decided = project_at(Step.ASSESSED, title="Beispiel beschlossen", **common)
    due = Minutes(conditions="Das Konzept liegt vor.", conditions_due_on=today + timedelta(days=30), follow_up=amt)
    item = _recorded(put_on_list(sitting=world.closed_sitting, project=decided, by=cdo), cdo, due)
    confirm(item=item, by=chair)
    close_sitting(sitting=world.closed_sitting, by=chair)
    world.beschluss = SittingItem.objects.get(pk=item.pk)
    world.open_sitting = open_sitting(body=body, day=today + timedelta(days=14), place="Stadthaus", by=cdo)
    for name in ("listed", "proposed", "recorded"):
        project = project_at(Step.ASSESSED, title=f"Beispiel {name}", **common)
        item = put_on_list(sitting=world.open_sitting, project=project, by=cdo)
        if name == "proposed":
            item = propose(item=item, proposal="commission", text="Das Vorhaben wird umgesetzt.", by=cdo, **COMMISSION)
        if name == "recorded":
            item = _recorded(item, cdo)
        world.items[name] = SittingItem.objects.get(pk=item.pk)
    world.closed_sitting.refresh_from_db(), world.open_sitting.refresh_from_db()


def _recorded(item: SittingItem, cdo: User, minutes: Minutes = NOTHING_NOTED) -> SittingItem:
    said = {"text": "Das Vorhaben wird umgesetzt.", "reason": "Nützt vielen.", "minutes": minutes}
    return record_outcome(item=item, outcome="commission", by=cdo, **said, **COMMISSION)


def _attach(world: World) -> Attachment:
    project = world.projects["pooled"]
    attachment = Attachment(
        project=project, name="Plan.pdf", kind="pdf", size=20, sha256="0" * 64, by=project.created_by, at=clock.now()
    )
    attachment.file.save("", ContentFile(b"%PDF-1.7\n%%EOF\n"), save=False)
    attachment.save(force_insert=True)
    return attachment


def _publish(world: World) -> None:
    cdo, project = world.people["cdo"], world.projects["running"]
    drawing = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawing, format="PNG")
    words = {"title": "Termine online", "short_text": "Ein Satz.", "why": "Darum.", "plain_text": "Kurz."}
    shown = {"picture": encode_picture(drawing.getvalue()), "picture_alt": "Ein Aushang."}
    credit = {"picture_author": "Beispiel", "picture_licence": PictureLicence.OWN}
    text = write_public_text(project=project, by=cdo, **words, **shown, **credit)
    record_consent(text=text, unit=project.lead_unit, given_by="Leitung des Bauamts", given_on=clock.today(), by=cdo)
    release(text=text, by=cdo)
    world.public = Project.objects.get(pk=project.pk)
    world.projects["running"] = world.public
