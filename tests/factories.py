"""Rows for tests: plain functions, direct rows, no magic. Days are counted from the portal's clock.

`project_at(step)` gives a project as it stands after the usual way to that step: history, text version, gate, rating
and place where the step has them. Use the actions where the act itself is what is tested.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from django.db.models import Max
from django.utils.text import slugify

from governance.mandates.models import Absence, Body, Mandate
from governance.mandates.rules import Role
from governance.organisation.models import OrganisationUnit, Source, User
from governance.record import clock
from governance.record.actions import actor_for, system_actor
from governance.record.models import Actor, ActorPerson
from governance.strategy.models import (
    SDG,
    Edition,
    Grundkriterium,
    Handlungsbedarf,
    Handlungsfeld,
    Leitlinie,
    Querschnittsthema,
    Reifegrad,
    RubricDimension,
    RubricLevel,
    RubricVersion,
    Stadtteil,
    StrategicGoal,
)
from governance.strategy.rules import Dimension, GrundkriteriumCode, ReifegradCode
from pool.gate.models import GateAnswer, GateRound
from pool.lifecycle import Act, Step, target_of
from pool.maturity.models import Countersignature, Opinion, Rating
from pool.priority.models import ClassMark, Place, RuleVersion
from pool.project.models import (
    NeedLink,
    OutsidePartner,
    Project,
    ProjectMandate,
    ProjectSource,
    TextVersion,
    Transition,
    UnitLink,
)
from pool.project.rules import text_content

PASSWORD = "Kirschgarten-Augustiner"
LONG_AGO = timedelta(days=400)

_numbers = count(1)


# --- The frame ----------------------------------------------------------------------------------------------------


def edition_2022() -> Edition:
    """The edition in force with one Leitlinie, one Querschnittsthema, the criteria and degrees, rubric and rule 1."""
    edition, is_new = Edition.objects.get_or_create(
        code="2022", defaults={"title": "Digitalisierungsstrategie", "valid_from": date(2022, 2, 1)}
    )
    if not is_new:
        return edition
    Leitlinie.objects.create(edition=edition, code="menschen", number=1, title="Menschen im Mittelpunkt", text="Text")
    Querschnittsthema.objects.create(
        edition=edition, code="teilhabe", number=1, name="Teilhabe", text="Text", charta_group="Charta"
    )
    SDG.objects.get_or_create(number=11, defaults={"name": "Nachhaltige Städte und Gemeinden"})
    for number, code in enumerate(GrundkriteriumCode, start=1):
        Grundkriterium.objects.create(
            edition=edition, code=code, number=number, name=code.label, holds_when="wenn", guiding_question="Ist es so?"
        )
    for number, code in enumerate(ReifegradCode, start=1):
        Reifegrad.objects.create(
            edition=edition, code=code, number=number, letter="ABCD"[number - 1], name=code.label, rates_what="was"
        )
    rule_1()
    return edition


def rubric_1() -> RubricVersion:
    """The anchored texts, version 1."""
    rubric, is_new = RubricVersion.objects.get_or_create(number=1, defaults={"valid_from": date(2022, 2, 1)})
    if is_new or not rubric.dimensions.exists():
        for number, code in enumerate(Dimension, start=1):
            dimension = RubricDimension.objects.create(
                rubric=rubric, code=code, number=number, name=code.label, evidence="Nachweis"
            )
            for level in range(5):
                RubricLevel.objects.create(
                    dimension=dimension, level=level, word=f"Stufe {level}", anchor=f"Anker {level}"
                )
    return rubric


def rule_1() -> RuleVersion:
    """Rule version 1: weights 25 each, effect from 3 on."""
    return RuleVersion.objects.get_or_create(number=1, defaults={"valid_from": date(2022, 2, 1), "rubric": rubric_1()})[
        0
    ]


def handlungsfeld(code: str = "DV") -> Handlungsfeld:
    """A Handlungsfeld of the edition with one goal."""
    edition = edition_2022()
    number = Handlungsfeld.objects.filter(edition=edition).count() + 1
    field, is_new = Handlungsfeld.objects.get_or_create(
        edition=edition,
        code=code,
        defaults={
            "slug": f"feld-{code.lower()}",
            "number": number,
            "name": f"Handlungsfeld {code}",
            "topic": "Worum es geht",
            "starting_situation": "Ausgangssituation",
        },
    )
    if is_new:
        StrategicGoal.objects.create(handlungsfeld=field, code=f"SZ-{code}-1", number=1, text=f"Ziel {code}")
    return field


def handlungsbedarf(field: Handlungsfeld | None = None, number: int = 1) -> Handlungsbedarf:
    """A Handlungsbedarf of a Handlungsfeld."""
    field = field or handlungsfeld()
    need, is_new = Handlungsbedarf.objects.get_or_create(
        handlungsfeld=field,
        code=f"HB-{field.code}-{number}",
        defaults={
            "number": number,
            "title": f"Bedarf {field.code} {number}",
            "short_title": f"Bedarf {number}",
            "gap": "Lücke",
        },
    )
    if is_new:
        need.goals.set(field.goals.all())
    return need


def source(key: str = "MW") -> Source:
    """A public page."""
    return Source.objects.get_or_create(
        key=key, defaults={"title": f"Quelle {key}", "address": f"https://example.org/{key.lower()}"}
    )[0]


# --- Organisation, people, mandates -------------------------------------------------------------------------------


def stadtteil(name: str) -> Stadtteil:
    """Return a part of the city, made where it is not there yet."""
    return Stadtteil.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


def unit(code: str = "amt-33", kind: str = "amt", parent: OrganisationUnit | None = None) -> OrganisationUnit:
    """A unit of the organisation tree; the same code gives the same unit."""
    return OrganisationUnit.objects.get_or_create(
        code=code, defaults={"name": f"Stelle {code}", "kind": kind, "parent": parent}
    )[0]


def body(kind: str = "lenkungsgruppe") -> Body:
    """The Lenkungsgruppe or the Beirat."""
    return Body.objects.get_or_create(code=kind, defaults={"kind": kind, "name": kind.capitalize()})[0]


@dataclass(frozen=True)
class Given:
    """A mandate to be given: its values, and from when to when counted in days from today."""

    role: str
    scope: dict[str, object]
    first_day: int = -400
    last_day: int | None = None


def mandate(role: str, *, first_day: int = -400, last_day: int | None = None, **scope: object) -> Given:
    """Describe a mandate for `user_with`: `mandate("chair", body=body())`, `mandate("cdo", last_day=-1)`."""
    return Given(role, scope, first_day, last_day)


def employed_in(place: OrganisationUnit, **days: int) -> Given:
    """Describe the mandate Beschäftigte in a unit."""
    return mandate(Role.EMPLOYEE, unit=place, **days)


def user_with(*given: Given, username: str = "", is_demo: bool = False, **account: object) -> User:
    """An account with an actor and these mandates."""
    number = next(_numbers)
    account.setdefault("first_name", "Person")
    account.setdefault("last_name", f"Nummer {number}")
    user = User(username=username or f"person-{number}", is_demo=is_demo, **account)
    user.set_password(PASSWORD)
    user.save()
    actor = Actor.objects.create(is_example=is_demo)
    user.actor_person = ActorPerson.objects.create(actor=actor, user=user)
    Mandate.objects.bulk_create([mandate_of(actor, each) for each in given])
    return user


def mandate_of(actor: Actor, given: Given) -> Mandate:
    """Return one mandate row of a person, granted by herself: who granted it matters to no test that uses it."""
    today = clock.today()
    return Mandate(
        person=actor,
        role=given.role,
        valid_from=today + timedelta(days=given.first_day),
        valid_until=None if given.last_day is None else today + timedelta(days=given.last_day),
        source="Bestellung für den Test",
        granted_by=actor,
        granted_at=clock.now(),
        **given.scope,
    )


def held_by(user: User, role: str) -> Mandate:
    """Return the mandate of a role that a person holds, for her deputy to name."""
    return Mandate.objects.get(person__person__user=user, role=role)


def absent_today(user: User) -> Absence:
    """Enter an absence of today for a person."""
    actor, today = actor_for(user), clock.today()
    return Absence.objects.create(
        person=actor, first_day=today, last_day=today, entered_by=actor, entered_at=clock.now()
    )


# --- Projects -----------------------------------------------------------------------------------------------------

_ADMITTED = (Act.SUBMIT, Act.ADMIT)
_RATED = (*_ADMITTED, Act.RATE)
_COMMISSIONED = (*_RATED, Act.COMMISSION)
_RUNNING = (*_COMMISSIONED, Act.START)

# The usual way to each step.
WAY: dict[Step, tuple[Act, ...]] = {
    Step.DRAFT: (),
    Step.SUBMITTED: (Act.SUBMIT,),
    Step.RETURNED: (Act.SUBMIT, Act.RETURN),
    Step.REJECTED: (Act.SUBMIT, Act.DECLINE_ADMISSION),
    Step.POOLED: _ADMITTED,
    Step.ASSESSED: _RATED,
    Step.DEFERRED: (*_RATED, Act.DEFER),
    Step.DECLINED: (*_RATED, Act.DECLINE),
    Step.COMMISSIONED: _COMMISSIONED,
    Step.RUNNING: _RUNNING,
    Step.COMPLETED: (*_RUNNING, Act.COMPLETE),
    Step.STOPPED: (*_RUNNING, Act.STOP),
    Step.WITHDRAWN: (Act.SUBMIT, Act.WITHDRAW),
    Step.MERGED: (Act.SUBMIT, Act.MERGE),
}
LEVELS = {"vernetzung": 2, "effect_inward": 3, "effect_outward": 2, "kompetenzaufbau": 2, "synergien": 1}


def project_at(
    step: Step | str,
    *,
    submitter: User | None = None,
    lead_unit: OrganisationUnit | None = None,
    field: Handlungsfeld | None = None,
    levels: dict[str, int] | None = None,
    is_example: bool = False,
    was_pooled: bool = False,
    **values: object,
) -> Project:
    """A valid project in `step`, with the rows that the usual way there leaves behind.

    `was_pooled`: withdrawn or merged from the pool rather than before it.
    """
    step = Step(step)
    way = WAY[step] if not was_pooled else (*_ADMITTED, WAY[step][-1])
    submitter = submitter or user_with(employed_in(unit("amt-61")))
    actor, today = actor_for(submitter), clock.today()
    number = next(_numbers)
    field = field or handlungsfeld()
    facts = {
        "title": f"Vorhaben {number}",
        "short_text": "Ein Satz, der sagt, worum es geht.",
        "problem": "Ein Problem, das viele trifft.",
        "benefit": "Wege entfallen.",
        "beneficiary": "both",
        "participation": "Zwei Stellen arbeiten zusammen.",
        "look_again_on": today + timedelta(days=90) if step == Step.DEFERRED else None,
        "remind_on": today + timedelta(days=28) if step == Step.RETURNED else None,
        "merged_into": _target_for_merge(step, submitter, field, is_example),
    }
    project = Project.objects.create(
        edition=edition_2022(),
        lead_unit=lead_unit or unit("amt-33"),
        lead_handlungsfeld=field,
        step=step,
        step_since=today,
        pool_number=_next_pool_number(is_example) if Act.ADMIT in way else None,
        is_example=is_example,
        created_by=actor,
        created_at=clock.now(),
        **(facts | values),
    )
    ProjectMandate.objects.create(
        project=project,
        person=actor,
        role=ProjectMandate.Role.SUBMITTER,
        valid_from=today - LONG_AGO,
        source="Einreichung",
        granted_by=actor,
    )
    link_enough_for_admit(project)
    _play(project, way, by=actor, levels=levels or LEVELS)
    return project


def taken_over_at(step: Step | str = Step.RUNNING, **values: object) -> Project:
    """A project that was taken over on a public source."""
    number, today = next(_numbers), clock.today()
    project = Project.objects.create(
        edition=edition_2022(),
        title=f"Übernommenes Vorhaben {number}",
        short_text="Läuft schon.",
        lead_unit=values.pop("lead_unit", None) or unit("amt-33"),
        lead_handlungsfeld=values.pop("field", None) or handlungsfeld(),
        step=step,
        step_since=today,
        is_taken_over=True,
        created_by=system_actor(),
        created_at=clock.now(),
        **values,
    )
    ProjectSource.objects.create(project=project, source=source(), read_on=today)
    _add_transition(project, Act.TAKE_OVER, "", Step(step), by=project.created_by)
    _add_text_version(project, TextVersion.Kind.TAKEN_OVER, by=project.created_by)
    return project


def link_enough_for_admit(project: Project) -> None:
    """Link what admit demands: one Handlungsbedarf, two offices with their parts; and an outside partner."""
    NeedLink.objects.create(project=project, handlungsbedarf=handlungsbedarf(project.lead_handlungsfeld))
    UnitLink.objects.create(project=project, unit=project.lead_unit, part=UnitLink.Part.WORKS_OUT, task="schreibt")
    UnitLink.objects.create(project=project, unit=unit("amt-50"), part=UnitLink.Part.CARRIES_OUT, task="probt")
    OutsidePartner.objects.create(project=project, name="Hochschule Mainz")


def join(project: Project, user: User, role: str, *, first_day: int = -400, last_day: int | None = None) -> None:
    """Make a person something to a project: `join(project, user, "lead")`."""
    today = clock.today()
    ProjectMandate.objects.create(
        project=project,
        person=actor_for(user),
        role=role,
        valid_from=today + timedelta(days=first_day),
        valid_until=None if last_day is None else today + timedelta(days=last_day),
        source="Benennung für den Test",
        granted_by=system_actor(),
    )


def gate_round(project: Project, answers: dict[str, str], *, by: Actor, outcome: str = "") -> GateRound:
    """A round of the gate with these answers by criterion; closed where it has an outcome."""
    now = clock.now()
    round_ = GateRound.objects.create(
        project=project,
        number=project.gate_rounds.count() + 1,
        opened_at=now,
        closed_at=now if outcome else None,
        closed_by=by if outcome else None,
        outcome=outcome,
    )
    leitlinie = Leitlinie.objects.filter(edition=project.edition).first()
    GateAnswer.objects.bulk_create(
        GateAnswer(
            round=round_,
            grundkriterium=code,
            answer=answer,
            reason="" if answer == "open" else f"Grund zu {code}",
            beneficiary="both" if code == "nutzen" and answer == "yes" else "",
            leitlinie=leitlinie if code == "leitlinien" and answer == "no" else None,
            by=by,
            at=now,
        )
        for code, answer in answers.items()
    )
    return round_


def five(answer: str = "yes", **others: str) -> dict[str, str]:
    """Five answers alike, but for those named: `five("yes", nutzen="no")`."""
    return {code.value: others.get(code.value, answer) for code in GrundkriteriumCode}


def rating(
    project: Project, levels: dict[str, int] | None = None, *, by: Actor | None = None, is_countersigned: bool = True
) -> Rating:
    """A current rating of record, countersigned by somebody else unless said otherwise."""
    levels = levels or LEVELS
    project.ratings.update(is_current=False)
    made = Rating.objects.create(
        project=project,
        number=project.ratings.count() + 1,
        rubric=rubric_1(),
        by=by or system_actor(),
        at=clock.now(),
        **levels,
        **{f"{name}_reason": f"Grund zu {name}" for name in levels},
    )
    if is_countersigned:
        Countersignature.objects.create(
            rating=made, rated_by=made.by, by=Actor.objects.create(), capacity="coordinator", at=clock.now()
        )
    return made


def opinion(project: Project, user: User, levels: dict[str, int] | None = None, *, state: str = "sent") -> Opinion:
    """What a person says about a project in its open round."""
    levels = (LEVELS if levels is None else levels) if state == "sent" else {}
    return Opinion.objects.create(
        project=project,
        round=project.ratings.count() + 1,
        person=actor_for(user),
        state=state,
        rubric=rubric_1(),
        at=clock.now(),
        **levels,
        **{f"{name}_reason": f"Meinung zu {name}" for name in levels},
    )


def place(project: Project, *, in_priority_class: bool = False) -> Place:
    """The stored place of an assessed project under rule 1."""
    current = project.ratings.get(is_current=True)
    degrees = (current.vernetzung, current.effect, current.kompetenzaufbau, current.synergien)
    return Place.objects.update_or_create(
        project=project,
        defaults={
            "rating": current,
            "rule_version": rule_1(),
            "in_priority_class": in_priority_class,
            "score": 25 * sum(degrees),
            "effect": current.effect,
            "smaller_effect": min(current.effect_inward, current.effect_outward),
            "vernetzung": current.vernetzung,
            "synergien": current.synergien,
            "kompetenzaufbau": current.kompetenzaufbau,
        },
    )[0]


def class_mark(project: Project, mark: str = "leuchtturm", state: str = "proposed") -> ClassMark:
    """A current class mark."""
    today = clock.today()
    days = {"start_on": today, "visible_on": today, "latest_visible_on": today} if mark == "schnellboot" else {}
    return ClassMark.objects.create(
        project=project, mark=mark, state=state, reason="Strahlt aus.", by=system_actor(), at=clock.now(), **days
    )


def _target_for_merge(step: Step, submitter: User, field: Handlungsfeld, is_example: bool) -> Project | None:
    if step != Step.MERGED:
        return None
    return project_at(Step.POOLED, submitter=submitter, field=field, is_example=is_example)


def _next_pool_number(is_example: bool) -> int:
    first = 9001 if is_example else 1
    last = Project.objects.filter(is_example=is_example).aggregate(last=Max("pool_number"))["last"]
    return (last or first - 1) + 1


def _play(project: Project, way: Iterable[Act], *, by: Actor, levels: dict[str, int]) -> None:
    """Leave the rows behind that the way leaves behind."""
    step, others = Step.DRAFT, system_actor()
    for act in way:
        origin, step = step, target_of(step, act)
        _add_transition(project, act, origin, step, by=by if act in (Act.SUBMIT, Act.WITHDRAW) else others)
        if act == Act.SUBMIT:
            _add_text_version(project, TextVersion.Kind.SUBMITTED, by=by)
        elif act == Act.ADMIT:
            gate_round(project, five("yes"), by=others, outcome="admit")
        elif act in (Act.RETURN, Act.DECLINE_ADMISSION):
            gate_round(project, five("yes", nutzen="no"), by=others, outcome=act.value)
        elif act == Act.RATE:
            rating(project, levels, by=others)
    if project.step == Step.ASSESSED:
        place(project)


REASONED = (Act.RETURN, Act.DECLINE_ADMISSION, Act.DECLINE, Act.STOP, Act.WITHDRAW)


def _add_transition(project: Project, act: Act, origin: str, target: Step, *, by: Actor) -> None:
    Transition.objects.create(
        project=project,
        act=act,
        from_step=origin,
        to_step=target,
        at=clock.now(),
        on_day=clock.today(),
        by=by,
        reason="Grund für den Test" if act in REASONED else "",
    )


def _add_text_version(project: Project, kind: str, *, by: Actor) -> None:
    TextVersion.objects.create(
        project=project,
        number=project.text_versions.count() + 1,
        kind=kind,
        content=text_content(project, reach=project.reach_words),
        at=clock.now(),
        by=by,
    )
