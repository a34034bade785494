"""How tests make projects public, and files to upload."""

import io
import random
import re

from django.test import Client
from PIL import Image

from governance.models import Actor, UebergeordneterBaustein, User, VisionQuestion
from governance.record import clock
from pool.lifecycle import Step
from pool.priority.models import RuleVersion
from pool.project.models import NeedLink, Project
from pool.publication.actions import write_public_text
from pool.publication.consents import record_consent
from pool.publication.models import PublicText, Release
from tests.factories import edition_2022, handlungsbedarf, handlungsfeld, rule_1, source, taken_over_at, unit

PLAIN = "Hier steht alles kurz. Jeder Satz ist einfach."


def lay_the_frame() -> RuleVersion:
    """The strategy and the rule in force, as far as public pages show them."""
    handlungsbedarf(handlungsfeld())
    edition = edition_2022()
    VisionQuestion.objects.create(edition=edition, number=1, question="Wozu?", answer="Antwort", is_example=True)
    UebergeordneterBaustein.objects.create(edition=edition, code="g", number=1, name="Governance", text="Steuert.")
    return rule_1()


def crawl(client: Client) -> dict[str, str]:
    """Return every public page that a link leads to, by address."""
    found, waiting = {}, ["/"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = client.get(address)
        found[address] = answer.content.decode() if answer.status_code == 200 else ""
        links = re.findall(r'(?:href|src)="(/[^"#]*|\?[^"#]*)', found[address])
        base = address.split("?")[0]
        addresses = [(base + link if link.startswith("?") else link).replace("&amp;", "&") for link in links]
        waiting += [link for link in addresses if not link.startswith(("/static/", "/konto/"))]
    return found


def written(project: Project, by: User, **values: object) -> PublicText:
    """A public text version, not yet released."""
    values = {"title": project.title, "short_text": "Ein öffentlicher Satz.", "plain_text": PLAIN, **values}
    if values.get("picture") is not None:
        values = {"picture_author": "Stadt Mainz", "picture_licence": "eigene-aufnahme", **values}
    return write_public_text(project=project, by=by, **values)


def consented(text: PublicText, by: User) -> PublicText:
    record_consent(text=text, unit=text.project.lead_unit, given_by="Amtsleitung", given_on=clock.today(), by=by)
    return text


def taken_over(step: str = "running", **values: object) -> Project:
    """A project that was taken over, with values of its own."""
    project = taken_over_at(step)
    for name, value in values.items():
        setattr(project, name, value)
    project.save()
    return project


def release_many(count: int, by: Actor) -> list[Project]:
    """Make and release many projects by rows alone, for tests of size."""
    now, today, field = clock.now(), clock.today(), handlungsfeld()
    begun = Project.objects.count()
    projects = Project.objects.bulk_create(
        Project(
            edition=field.edition,
            title=f"Vorhaben {number}",
            short_text="Kurz.",
            lead_unit=unit(),
            lead_handlungsfeld=field,
            step=Step.RUNNING,
            step_since=today,
            is_taken_over=True,
            slug=f"vorhaben-{number}",
            created_by=by,
            created_at=now,
        )
        for number in range(begun, begun + count)
    )
    need = handlungsbedarf(field)
    NeedLink.objects.bulk_create(NeedLink(project=each, handlungsbedarf=need) for each in projects)
    texts = PublicText.objects.bulk_create(
        PublicText(project=each, number=1, title=each.title, short_text="Kurz.", by=by, at=now) for each in projects
    )
    Release.objects.bulk_create(
        Release(project=each, text=text, source=source(), source_read_on=today, released_by=by, released_at=now)
        for each, text in zip(projects, texts, strict=True)
    )
    return projects


def image_file(kind: str = "PNG", size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    """An uploaded file."""
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, format=kind, **saved)
    return target.getvalue()


def noise(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A picture that no format can make small: every dot differs from its neighbours, the same in every run."""
    dots = random.Random(1).randbytes(size[0] * size[1] * 3)  # noqa: S311 - grain, no secret
    target = io.BytesIO()
    Image.frombytes("RGB", size, dots).save(target, format="JPEG", quality=60)
    return target.getvalue()
