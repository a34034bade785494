"""Fills a fresh database with the demonstration and writes down which page is opened by whom.

Run in a process of its own: `python -m tests.browser.seed <folder>`; `tests/browser/conftest.py` does.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from governance.models import Handlungsfeld, Mandate, User  # noqa: E402
from pool.decision.models import Sitting, SittingItem  # noqa: E402
from pool.delivery.models import Milestone  # noqa: E402
from pool.delivery.team_actions import name_team  # noqa: E402
from pool.lifecycle import Step  # noqa: E402
from pool.participation.models import Beteiligungsformat, Feedback  # noqa: E402
from pool.project.models import Project, ProjectMandate  # noqa: E402
from pool.publication.models import ConsentRequest, Picture, PublicText  # noqa: E402
from pool.publication.pictures import MEDIA_TYPE, encode_picture  # noqa: E402
from pool.questions.actions import ask_question  # noqa: E402
from pool.questions.models import Question  # noqa: E402
from pool.questions.rules import Topic  # noqa: E402
from pool.similarity.actions import ask_to_join  # noqa: E402
from pool.similarity.models import JoinRequest  # noqa: E402
from pool.submission.models import SideText  # noqa: E402
from pool.submission.writing import save_typed  # noqa: E402
from tests.factories import project_at  # noqa: E402
from tests.pool.publication.publishing import noise  # noqa: E402
from tests.public_addresses import public_addresses  # noqa: E402
from tests.test_urls import FILES, NO_PAGES, ROWS, Row, row_of  # noqa: E402

# Who opens a page, if several may: first the one whose page shows most.
READERS = [
    "anonymous", "cdo", "idee", "lenkung", "betrieb", "projektleitung", "cdo-vertretung", "koordination", "beirat",
]  # fmt: skip
ANY_PROJECT = {step.value for step in Step}


def fill() -> None:
    """Load the demonstration, and a team for a project that waits for its start."""
    for command in ("migrate", "load_frame", "load_examples"):
        call_command(command, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    people = {user.username: user for user in User.objects.all()}
    waiting = Project.objects.filter(step="commissioned", is_example=True).order_by("pool_number").first()
    name_team(
        project=waiting,
        lead=people["projektleitung"],
        members=[people["idee2"]],
        source="Beispiel: Beschluss",
        by=people["cdo"],
    )
    draft = Project.objects.filter(step="draft", created_by__person__user=people["idee"]).first()
    written = {"project": draft, "by": draft.created_by.person.user, "links": {}, "window": UUID(int=1)}
    save_typed(**written, values={"problem": "In einem zweiten Fenster geschrieben."}, seen={"problem": "älter"})
    mine = ProjectMandate.objects.filter(person=people["idee"].actor_person.actor, role="submitter")
    listed = Project.objects.filter(step="assessed", mandates__in=mine).order_by("pool_number").first()
    waiting = Project.objects.filter(step="submitted", mandates__in=mine).order_by("created_at").first()
    text = "Beispiel: Wer misst heute die Wartezeit?"
    ask_question(project=waiting, topic=Topic.SECTION_IDEA, text=text, by=people["cdo"])
    # Refused today, so that an objection is still possible.
    project_at(Step.REJECTED, title="Beispiel: Aufzug mit Anzeige", submitter=people["idee"], is_example=True)
    ask_to_join(project=listed, reason="Beispiel: Wir brauchen es auch.", by=people["idee2"])
    _hang_up_a_picture()


def _hang_up_a_picture() -> None:
    """Show the hardest picture that anybody could upload, grain from edge to edge, on the page of an example."""
    drawn = encode_picture(noise())
    picture = Picture.objects.create(
        sha256=drawn.sha256, content=drawn.content, media_type=MEDIA_TYPE, width=drawn.width, height=drawn.height
    )
    text = PublicText.objects.filter(releases__is_current=True, project__is_example=True).order_by("pk").first()
    credit = {"picture_author": "Beispiel", "picture_licence": "cc0"}
    PublicText.objects.filter(pk=text.pk).update(picture=picture, picture_alt="Beispiel: ein körniges Bild", **credit)


def arguments(row: Row) -> Iterator[list[object]]:
    """Yield what the row's address may be opened on, best first."""
    projects = Project.objects.filter(is_example=True)
    items = SittingItem.objects.filter(project__isnull=False)
    match row.opened_on:
        case "-":
            yield []
        case "field":
            yield from ([field.slug] for field in Handlungsfeld.objects.order_by("number")[:1])
        case "public":
            yield from ([p.slug] for p in Project.objects.filter(releases__is_current=True, is_example=True))
        case "bad token":
            yield ["MQ", "abc-def"]
        case "beschluss":
            yield from ([item.pk] for item in items.filter(is_final=True).order_by("pk"))
        case "open" | "closed":
            is_open = row.opened_on == "open"
            yield from ([s.pk] for s in Sitting.objects.filter(closed_at__isnull=is_open))
        case "presented":
            yield from ([item.sitting_id, item.number] for item in items.order_by("-is_final", "pk"))
        case "listed" | "proposed" | "recorded":
            waiting = items.filter(is_final=False).order_by("pk")
            yield from ([item.sitting_id, item.pk] for item in waiting)
        case "coordination":
            yield from ([m.pk] for m in Mandate.objects.filter(role="coordinator", valid_until=None))
        case "side text":
            yield from ([row.project_id, row.pk] for row in SideText.objects.filter(state="open"))
        case "pool" | "governance":
            yield [row.opened_on]
        case "asked":
            yield from ([asked.project_id, asked.pk] for asked in Question.objects.order_by("pk"))
        case "milestone":
            yield from ([row.project_id, row.pk] for row in Milestone.objects.filter(reached_on=None, given_up_on=None))
        case "consent asked":
            yield from ([row.project_id] for row in ConsentRequest.objects.filter(state="open"))
        case "preview":
            rows = ConsentRequest.objects.filter(state="open").select_related("text")
            yield from ([row.project_id, row.text.number] for row in rows)
        case "joined":
            yield from ([asked.project_id, asked.pk] for asked in JoinRequest.objects.all())
        case "format":
            yield from ([row.slug] for row in Beteiligungsformat.objects.exclude(state="draft"))
        case "about":
            yield from (["projekt", p.slug] for p in Project.objects.filter(releases__is_current=True, is_example=True))
        case "picture":
            yield from ([row.sha256] for row in Picture.objects.filter(texts__releases__is_current=True))
        case "bad link":
            yield ["abc"]
        case "waiting voice":
            yield from ([row.pk] for row in Feedback.objects.filter(state="waiting"))
        case "row":
            yield [row_of(row.name).pk]
        case step if step in ANY_PROJECT and row.name == "steering:place":
            yield from ([p.pool_number] for p in projects.filter(step=step))
        case step if step in ANY_PROJECT and row.name == "similarity:different":
            other = projects.filter(pool_number__isnull=False).first()
            yield from ([p.pk, other.pk] for p in projects.filter(step=step).order_by("created_at"))
        case step if step in ANY_PROJECT:
            yield from ([p.pk] for p in projects.filter(step=step).order_by("created_at"))


def public() -> list[dict[str, object]]:
    """Return every public address: each released project, Handlungsfeld and Beteiligungsformat, in both languages."""
    slugs = [[slug] for slug in Project.objects.filter(releases__is_current=True).values_list("slug", flat=True)]
    fields = [[slug] for slug in Handlungsfeld.objects.order_by("number").values_list("slug", flat=True)]
    formats = [[slug] for slug in Beteiligungsformat.objects.exclude(state="draft").values_list("slug", flat=True)]
    return [
        asdict(each)
        for each in public_addresses(
            {
                "-": [[]],
                "field": fields,
                "public": slugs,
                "picture": [[picture.sha256] for picture in Picture.objects.filter(texts__releases__is_current=True)],
                "format": formats,
                "calendar": formats,
                "about": [["projekt", *slugs[0]], ["feld", *fields[0]]],
                "bad link": [["abc"]],
                "bad token": [["MQ", "abc-def"]],
            }
        )
    ]


def pages(kept: Path) -> Iterator[dict[str, str]]:
    """Yield every page of the table with its address and a reader who gets it; keep what he gets in a folder."""
    clients = {role: Client(SERVER_NAME="127.0.0.1") for role in READERS}
    for role in READERS[1:]:
        clients[role].force_login(User.objects.get(username=role))

    def opened(name: str, candidates: list[list[object]], readers: list[str]) -> dict[str, str] | None:
        for argument in candidates:
            for role in readers:
                address = reverse(name, args=argument)
                answer = clients[role].get(address)
                if answer.status_code == 200:
                    file = kept / f"{role}{address.partition('?')[0].replace('/', '_')}.html"
                    file.write_bytes(answer.content)
                    return {"name": name, "address": address, "role": role}
        return None

    for row in ROWS:
        readers = [role for role in READERS if row.answers[role] == 200]
        is_page = row.name not in NO_PAGES
        if not readers or row.methods == "P" or row.opened_on in FILES or not is_page:
            continue
        found = opened(row.name, list(arguments(row)), readers)
        if found is None:
            raise SystemExit(f"Nobody opens {row}")
        yield found
    # The casefile looks different in every step; the dashboard is read by the Beirat with less on it.
    for step in Step:
        row = Row(f"casefile:detail | {step} | G | 200 everybody")
        yield opened("casefile:detail", list(arguments(row)), ["cdo"]) or {}
    # Who rates has forms where the CDO only reads.
    for name, step in (("opinion", "pooled"), ("countersign", "assessed")):
        row = Row(f"coordination:{name} | {step} | G | 200 everybody")
        yield opened(f"coordination:{name}", list(arguments(row)), ["koordination"]) or {}
    for name in ("queue", "ranking", "needs", "to_countersign"):
        yield {"name": name, "address": reverse(f"coordination:{name}"), "role": "koordination"}
    for name in ("steering:dashboard", "steering:coverage", "steering:ranking", "decision:resolutions"):
        yield {"name": name, "address": reverse(name), "role": "beirat"}


def main(folder: Path) -> None:
    fill()
    kept = folder / "html"
    kept.mkdir(exist_ok=True)
    found = list({(page["address"], page["role"]): page for page in pages(kept) if page}.values())
    (folder / "public.json").write_text(json.dumps(public(), indent=1), encoding="utf-8")
    (folder / "pages.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
