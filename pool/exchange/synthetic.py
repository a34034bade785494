"""A synthetic pool for load tests: the same seed gives the same pool, all of it marked as examples.

Rows are written in bulk, without entries of the record: it is made to be large, not to tell histories.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.db import transaction
from django.db.models import Max, Model

from governance.models import Actor, Handlungsbedarf, OrganisationUnit, Stadtteil, User
from governance.record import clock
from governance.record.actions import actor_for, system_actor
from governance.strategy.queries import edition_in_force
from governance.strategy.rules import Dimension, GrundkriteriumCode
from pool.gate.models import GateAnswer, GateRound
from pool.lifecycle import Act, ProcedureError, Step
from pool.maturity.models import Rating
from pool.priority.models import Place, RuleVersion
from pool.priority.queries import rule_in_force, weights_of
from pool.priority.rules import Candidate, Levels, criteria_of
from pool.project.models import NeedLink, Project, ProjectMandate, TextVersion, Transition, UnitLink
from pool.project.rules import Reach, reach_in_words, text_content
from pool.publication.models import Consent, PublicText, Release
from pool.publication.rules import search_terms, search_text
from pool.similarity.actions import index_new_texts

FIRST_EXAMPLE_NUMBER = 9001
THINGS = (
    "Terminkalender", "Hinweiskarte", "Antragsstrecke", "Sensornetz", "Lernplattform", "Auskunft", "Datenkatalog",
    "Lagekarte", "Meldeweg", "Buchung", "Sammlung", "Leitstand",
)  # fmt: skip
PLACES = (
    "in den Ortsverwaltungen", "am Rheinufer", "für Schulen", "im Konzern", "in der Altstadt", "für Vereine",
    "für Familien", "auf Baustellen", "im Grünen", "für Betriebe", "in Bibliotheken", "an Haltestellen",
)  # fmt: skip
STEPS: tuple[tuple[Step, int], ...] = (
    (Step.DRAFT, 5), (Step.SUBMITTED, 8), (Step.RETURNED, 4), (Step.REJECTED, 5), (Step.POOLED, 12),
    (Step.ASSESSED, 28), (Step.DEFERRED, 4), (Step.DECLINED, 4), (Step.COMMISSIONED, 6), (Step.RUNNING, 12),
    (Step.COMPLETED, 10), (Step.STOPPED, 2),
)  # fmt: skip
ADMITTED_STEPS = frozenset(
    {
        Step.POOLED, Step.ASSESSED, Step.DEFERRED, Step.DECLINED, Step.COMMISSIONED, Step.RUNNING, Step.COMPLETED,
        Step.STOPPED,
    }
)  # fmt: skip
RATED_STEPS = ADMITTED_STEPS - {Step.POOLED}
RELEASED_STEPS = frozenset({Step.COMMISSIONED, Step.RUNNING, Step.COMPLETED})
LAST_ACT = {
    Step.SUBMITTED: Act.SUBMIT, Step.RETURNED: Act.RETURN, Step.REJECTED: Act.DECLINE_ADMISSION, Step.POOLED: Act.ADMIT,
    Step.ASSESSED: Act.RATE, Step.DEFERRED: Act.DEFER, Step.DECLINED: Act.DECLINE, Step.COMMISSIONED: Act.COMMISSION,
    Step.RUNNING: Act.START, Step.COMPLETED: Act.COMPLETE, Step.STOPPED: Act.STOP,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What every synthetic project is drawn from."""

    needs: Sequence[Handlungsbedarf]
    units: Sequence[OrganisationUnit]
    stadtteile: Sequence[Stadtteil]
    rule: RuleVersion
    edition_id: int
    today: date
    now: datetime


@dataclass(slots=True)
class Rows:
    """The rows to write, by table, in the order they depend on each other."""

    projects: list[Project] = field(default_factory=list)
    mandates: list[ProjectMandate] = field(default_factory=list)
    needs: list[NeedLink] = field(default_factory=list)
    units: list[UnitLink] = field(default_factory=list)
    parts: list[Model] = field(default_factory=list)
    texts: list[TextVersion] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    rounds: list[GateRound] = field(default_factory=list)
    answers: list[GateAnswer] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    public_texts: list[PublicText] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)

    def tables(self) -> Iterable[Sequence[Model]]:
        """Return the rows of each table in writing order."""
        return (getattr(self, name) for name in self.__dataclass_fields__)


@transaction.atomic
def generate_pool(*, projects: int, seed: int, by: None = None) -> int:
    """Write `projects` synthetic projects (at least 1) drawn with `seed`, and return how many were new.

    What an earlier run with the same seed wrote stays as it is. Raises ProcedureError without the frame.
    """
    today = clock.today()
    edition = edition_in_force(today)
    needs = list(
        Handlungsbedarf.objects.filter(handlungsfeld__edition=edition).select_related("handlungsfeld").order_by("code")
    )
    units = list(
        OrganisationUnit.objects.valid_on(today).filter(kind__in=["amt", "eigenbetrieb", "company"]).order_by("code")
    )
    if edition is None or not needs or len(units) < 2:
        raise ProcedureError("Es fehlt der Rahmen: Rufen Sie zuerst load_frame auf.")
    stadtteile = list(Stadtteil.objects.order_by("slug"))
    frame = Frame(needs, units, stadtteile, rule_in_force(today), edition.pk, today, clock.now())
    highest = Project.objects.filter(is_example=True).aggregate(highest=Max("pool_number"))["highest"]
    number = max(highest or 0, FIRST_EXAMPLE_NUMBER - 1)
    known = set(Project.objects.filter(form_token__isnull=False).values_list("form_token", flat=True))
    actor, rows = _submitter(), Rows()
    for index in range(projects):
        token = uuid5(NAMESPACE_DNS, f"{index}.{seed}.synthetic.example.org")
        if token in known:
            continue
        step = _step_of(index)
        if step in ADMITTED_STEPS:
            number += 1
        _draw(rows, frame, Random(f"{seed}/{index}"), actor, token, index, step, number)  # noqa: S311 (no secret is drawn)
    for table in rows.tables():
        if table:
            type(table[0])._default_manager.bulk_create(table, batch_size=500)
    index_new_texts(projects=[project for project in rows.projects if project.step != Step.DRAFT])
    return len(rows.projects)


def _submitter() -> Actor:
    user = User.objects.filter(is_demo=True, username="idee").first()
    return actor_for(user) if user else system_actor()


def _step_of(index: int) -> Step:
    """Return the step of the project with this index: every hundred show the whole way in fixed parts."""
    place = (index * 37) % 100
    for step, share in STEPS:
        if place < share:
            return step
        place -= share
    return Step.ASSESSED


def _draw(
    rows: Rows, frame: Frame, random: Random, actor: Actor, token: UUID, index: int, step: Step, number: int
) -> None:
    """Draw one project with the rows that its step demands."""
    need = random.choice(frame.needs)
    lead, partner = random.sample(frame.units, 2)
    day = frame.today - timedelta(days=random.randrange(1, 700))
    parts = _parts(frame, index)
    project = Project(
        id=uuid5(token, "project"),
        form_token=token,
        edition_id=frame.edition_id,
        title=f"{random.choice(THINGS)} {random.choice(PLACES)} {index + 1}",
        short_text="Ein erzeugtes Vorhaben, mit dem die Last vieler Einträge geprüft wird.",
        problem="Heute muss man an mehreren Stellen fragen.",
        benefit="Eine Auskunft genügt, und sie stimmt.",
        beneficiary=random.choice(["stadtgesellschaft", "konzern", "both"]),
        participation=f"{lead.name} und {partner.name} arbeiten zusammen.",
        lead_unit=lead,
        lead_handlungsfeld=need.handlungsfeld,
        origin="employees",
        channel="form",
        step=step,
        step_since=day,
        pool_number=number if step in ADMITTED_STEPS else None,
        reach=parts.reach,
        look_again_on=frame.today + timedelta(days=90) if step == Step.DEFERRED else None,
        remind_on=frame.today + timedelta(days=30) if step == Step.RETURNED else None,
        is_example=True,
        created_by=actor,
        created_at=frame.now,
    )
    rows.projects.append(project)
    rows.parts += [Project.stadtteile.through(project=project, stadtteil=each) for each in parts.stadtteile]
    rows.mandates.append(
        ProjectMandate(
            project=project,
            person=actor,
            role=ProjectMandate.Role.SUBMITTER,
            valid_from=day,
            source="Erzeugt für Lasttests",
            granted_by=actor,
        )
    )
    rows.needs.append(NeedLink(project=project, handlungsbedarf=need, is_example=True))
    rows.units += [
        UnitLink(project=project, unit=lead, part=UnitLink.Part.BOTH),
        UnitLink(project=project, unit=partner, part=UnitLink.Part.CARRIES_OUT),
    ]
    if step == Step.DRAFT:
        return
    _draw_history(rows, frame, project, actor, day, parts.words)
    if step in ADMITTED_STEPS:
        _draw_round(rows, frame, project, actor)
    if step in RATED_STEPS:
        _draw_rating(rows, frame, project, actor, random)
    if step in RELEASED_STEPS:
        _draw_release(rows, frame, project, actor, index)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a project works."""

    reach: str
    stadtteile: Sequence[Stadtteil] = ()

    @property
    def words(self) -> str:
        """The same as a text version keeps it."""
        return reach_in_words(self.reach, [each.name for each in self.stadtteile])


def _parts(frame: Frame, index: int) -> Parts:
    """Return where a project works: of four one is open, one citywide, one in one Stadtteil, one in two.

    Told by the index, not drawn, so that what a seed draws stays as it was.
    """
    kind, every = index % 4, frame.stadtteile
    if kind < 2 or not every:
        return Parts(Reach.CITYWIDE if kind == 1 else "")
    first = index // 4 % len(every)
    return Parts(Reach.NAMED, sorted({every[first], every[(first + kind - 2) % len(every)]}, key=lambda row: row.slug))


def _draw_history(rows: Rows, frame: Frame, project: Project, actor: Actor, day: date, reach: str) -> None:
    rows.texts.append(
        TextVersion(
            project=project,
            number=1,
            kind=TextVersion.Kind.SUBMITTED,
            content=text_content(project, reach=reach),
            at=frame.now,
            by=actor,
        )
    )
    rows.transitions.append(
        Transition(
            project=project,
            act=LAST_ACT[Step(project.step)],
            to_step=project.step,
            at=frame.now,
            on_day=day,
            by=actor,
            reason="Erzeugt für Lasttests",
        )
    )


def _draw_round(rows: Rows, frame: Frame, project: Project, actor: Actor) -> None:
    closed = GateRound(
        project=project,
        number=1,
        opened_at=frame.now,
        closed_at=frame.now,
        closed_by=actor,
        outcome=GateRound.Outcome.ADMITTED,
    )
    rows.rounds.append(closed)
    rows.answers += [
        GateAnswer(
            round=closed,
            grundkriterium=code,
            answer=GateAnswer.Answer.YES,
            beneficiary=project.beneficiary if code == GrundkriteriumCode.NUTZEN else "",
            by=actor,
            at=frame.now,
        )
        for code in GrundkriteriumCode.values
    ]


def _draw_rating(rows: Rows, frame: Frame, project: Project, actor: Actor, random: Random) -> None:
    levels = {name: random.randrange(5) for name in Dimension.values}
    rating = Rating(
        project=project,
        number=1,
        rubric=frame.rule.rubric,
        by=actor,
        at=frame.now,
        **levels,
        **{f"{name}_reason": "Erzeugt, ohne Nachweis." for name in levels},
    )
    rows.ratings.append(rating)
    if project.step != Step.ASSESSED:
        return
    candidate = Candidate(str(project.pk), project.pool_number or 0, Levels(**levels))
    criteria = criteria_of(candidate, weights_of(frame.rule), frame.rule.effect_threshold)
    rows.places.append(
        Place(
            project=project,
            rating=rating,
            rule_version=frame.rule,
            in_priority_class=bool(criteria.priority_class),
            score=criteria.score,
            effect=criteria.effect,
            smaller_effect=criteria.smaller_effect,
            vernetzung=criteria.vernetzung,
            synergien=criteria.synergien,
            kompetenzaufbau=criteria.kompetenzaufbau,
        )
    )


def _draw_release(rows: Rows, frame: Frame, project: Project, actor: Actor, index: int) -> None:
    project.slug = f"erzeugt-{project.pk.hex[:12]}-{index + 1}"
    text = PublicText(
        project=project,
        number=1,
        title=project.title,
        short_text=project.short_text,
        plain_text=project.short_text,
        search_text=search_text(project.title, project.short_text),
        search_terms=search_terms(project.title, project.short_text),
        by=actor,
        at=frame.now,
    )
    consent = Consent(
        text=text,
        unit=project.lead_unit,
        given_by="Beispiel",
        given_on=frame.today,
        recorded_by=actor,
        recorded_at=frame.now,
    )
    rows.public_texts.append(text)
    rows.consents.append(consent)
    rows.releases.append(Release(project=project, text=text, consent=consent, released_by=actor, released_at=frame.now))
