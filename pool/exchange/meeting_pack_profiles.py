"""What stands in the pack about each project on the list: its Steckbrief, and what is still open about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.strategy.rules import Dimension
from governance.templatetags.portal import day
from pool.decision.models import Sitting, SittingItem
from pool.decision.rules import OutcomeValues, missing_for_outcome, moving_outcomes, needs_countersignature
from pool.exchange.meeting_pack_values import Level, Named, OpenPoint, Place, Profile
from pool.gate.models import GateAnswer, GateRound
from pool.lifecycle import Act, Step
from pool.maturity.models import Rating
from pool.priority.models import ClassMark
from pool.project.models import Project
from pool.questions.models import Objection, Question, QuestionTurn
from pool.questions.rules import State
from pool.templatetags.figures import CLASS_STATES, CLASS_WORDS

REMOVED = gettext_lazy("entfernt")
BETWEEN = "\n"
THREE_ANSWERS = frozenset({"funding", "council_matter", "unit_consent"})


def packed_projects(keys: Iterable[UUID], *, before: Sitting) -> dict[UUID, Project]:
    """Return the projects of a list with everything their Steckbrief needs, in a fixed number of queries."""
    earlier = SittingItem.objects.filter(is_final=True, state=SittingItem.State.CONFIRMED).exclude(sitting=before)
    if not before.is_open:
        earlier = earlier.filter(sitting__closed_at__lt=before.closed_at)
    turns = QuestionTurn.objects.order_by("number")
    asked = Question.objects.exclude(state=State.CLOSED).order_by("pk")
    refused = GateAnswer.objects.filter(is_current=True, answer=GateAnswer.Answer.NO).order_by("pk")
    closed_rounds = GateRound.objects.filter(closed_at__isnull=False).order_by("-number")
    rows = Project.objects.filter(pk__in=list(keys)).select_related("lead_handlungsfeld", "lead_unit")
    rows = rows.prefetch_related(
        "need_links__handlungsbedarf__goals",
        "goal_links__goal",
        "unit_links__unit",
        "partners",
        "sdgs",
        "stadtteile",
        "querschnitt_answers__querschnittsthema",
        Prefetch("class_marks", ClassMark.objects.filter(is_current=True).order_by("mark")),
        Prefetch("ratings", Rating.objects.filter(is_current=True).select_related("countersignature")),
        Prefetch("questions", asked.prefetch_related(Prefetch("turns", turns))),
        Prefetch("objections", Objection.objects.order_by("pk")),
        Prefetch("gate_rounds", closed_rounds.prefetch_related(Prefetch("answers", refused))),
        Prefetch("sitting_items", earlier.select_related("sitting").order_by("-sitting__day", "-pk")),
    )
    return {project.pk: project for project in rows}


# --- Steckbrief ---------------------------------------------------------------------------------------------------


def profile_of(project: Project, *, number: int, place: Place | None, is_open: bool) -> Profile:
    """Return the Steckbrief of one project on the list; where it has a place, its levels are those ranked."""
    ratings = [] if place else list(project.ratings.all())
    levels = place.levels if place else levels_of_record(ratings[0]) if ratings else ()
    marks = place.marks if place else tuple(mark_words(mark.mark, mark.state) for mark in project.class_marks.all())
    return Profile(
        project=str(project.pk),
        number=number,
        title=project.title,
        short_text=project.short_text,
        pool_number=project.pool_number,
        step=str(project.get_step_display()) if is_open else "",
        field_name=str(project.lead_handlungsfeld or ""),
        unit=str(project.lead_unit or ""),
        is_example=project.is_example,
        marks=marks,
        place=place,
        levels=levels,
        texts=tuple(named for named in _texts(project) if named.text),
        facts=tuple(named for named in _facts(project) if named.text),
        reasons=tuple(_reasons(project)),
    )


def mark_words(mark: str, state: str) -> str:
    """Return a class in words with what is said about it."""
    return _(CLASS_STATES[ClassMark.State(state).value]).format(name=CLASS_WORDS[ClassMark.Mark(mark).value])


def levels_of_record(rating: Rating) -> tuple[Level, ...]:
    """Return the five levels of a rating with their reasons; a blacked out reason says so."""
    gone = rating.reason_removed_at is not None
    return tuple(
        Level(str(each.label), rating.levels[each.value], str(REMOVED) if gone else rating.reasons[each.value])
        for each in Dimension
    )


def _texts(project: Project) -> Iterator[Named]:
    yield Named(_("Welches Problem wird gelöst?"), project.problem)
    yield Named(_("Was wird besser?"), project.benefit)


def _facts(project: Project) -> Iterator[Named]:
    """Yield what is said about a project beside its texts; money is for those who read inside, like the whole pack."""
    needs = [link.handlungsbedarf for link in project.need_links.all()]
    goals = {goal.pk: goal for need in needs for goal in need.goals.all()}
    goals |= {link.goal.pk: link.goal for link in project.goal_links.all()}
    yield Named(_("Wem es nützt"), str(project.get_beneficiary_display()))
    yield Named(_("Federführung"), str(project.lead_unit or ""))
    yield Named(_("Beteiligt"), BETWEEN.join(_taking_part(project)))
    yield Named(_("Wer wirkt mit?"), project.participation)
    yield Named(_("Handlungsbedarfe"), BETWEEN.join(str(need) for need in needs))
    yield Named(_("Strategische Ziele"), BETWEEN.join(str(goals[pk]) for pk in sorted(goals)))
    yield Named(_("UN-Ziele (SDGs)"), ", ".join(str(sdg) for sdg in sorted(project.sdgs.all(), key=_number)))
    yield Named(_("Wo es wirkt"), project.reach_words or _("noch offen"))
    for answer in project.querschnitt_answers.all():
        yield Named(str(answer.querschnittsthema), answer.text)
    yield Named(_("Aufwand"), project.effort)
    yield Named(_("Zeitraum"), project.timing)
    yield Named(_("Kosten"), project.cost)
    yield Named(_("Finanzierung laut Idee"), str(project.get_funding_display()) if project.funding else "")
    yield Named(_("Hinweise zur Vergabe"), project.procurement)
    yield Named(_("Rats- oder Ausschusssache"), project.council_matter)
    earlier = [f"{day(item.sitting.day)}: {item.outcome_words}" for item in project.sitting_items.all()]  # type: ignore[attr-defined]
    yield Named(_("Frühere Beschlüsse"), BETWEEN.join(earlier))


def _number(sdg) -> int:
    return sdg.number


def _taking_part(project: Project) -> Iterator[str]:
    for link in project.unit_links.all():
        said = ", ".join(str(each) for each in (link.get_part_display() if link.part else "", link.task) if each)
        yield f"{link.unit}: {said}" if said else str(link.unit)
    for partner in project.partners.all():
        said = _("außerhalb des Konzerns")
        yield f"{partner.name} ({said}): {partner.task}" if partner.task else f"{partner.name} ({said})"


def _reasons(project: Project) -> Iterator[Named]:
    """Yield why it has its classes, and where somebody objected, why and against what."""
    for mark in project.class_marks.all():
        if mark.state != ClassMark.State.PROPOSED:
            continue
        text = mark.reason or str(REMOVED)
        if mark.start_on and mark.visible_on:
            days = _("Beginn {start}, sichtbar {visible}.")
            text = f"{text} {days.format(start=day(mark.start_on), visible=day(mark.visible_on))}"
        yield Named(_("Warum {mark}?").format(mark=mark.get_mark_display()), text)
    for objection in project.objections.all():
        label = _("Widerspruch vom {day}").format(day=day(objection.made_on))
        yield Named(label, objection.reason or str(REMOVED))
    if project.step == Step.REJECTED:
        for gate_round in list(project.gate_rounds.all())[:1]:
            for answer in gate_round.answers.all():
                label = _("Nicht erfüllt: {name}").format(name=answer.get_grundkriterium_display())
                yield Named(label, answer.reason or str(REMOVED))


# --- What is still open -------------------------------------------------------------------------------------------


def open_points(sitting: Sitting, items: Sequence[SittingItem], projects: Mapping[UUID, Project]) -> list[OpenPoint]:
    """Return what is not settled about the items of an open sitting, by item; objections on no list come last.

    One query besides what was read along.
    """
    found: list[OpenPoint] = []
    for item in items:
        if item.state in (SittingItem.State.ADJOURNED, SittingItem.State.DROPPED):
            continue
        if not item.proposal and not item.outcome:
            text = _("Der Beschlussvorschlag fehlt noch.")
            found.append(OpenPoint(item.number, item.title, _("Beschlussvorschlag"), text))
        if item.project_id:
            project = projects[item.project_id]
            found += [OpenPoint(item.number, item.title, kind, text) for kind, text in _open_about(item, project)]
    listed = {item.project_id for item in items if item.kind == SittingItem.Kind.OBJECTION}
    for objection in _undecided_objections(is_example=sitting.is_example):
        if objection.project_id not in listed:
            text = _("Eingelegt am {day}, noch auf keiner Liste dieser Sitzung.").format(day=day(objection.made_on))
            found.append(OpenPoint(None, objection.project.title, _("Widerspruch"), text))
    return found


def _open_about(item: SittingItem, project: Project) -> Iterator[tuple[str, str]]:
    for question in project.questions.all():
        yield _("Rückfrage"), _question_words(question)
    ratings = list(project.ratings.all())
    is_countersigned = any(rating.countersigned for rating in ratings)
    if ratings and needs_countersignature(project.step, is_countersigned=is_countersigned):
        yield _("Gegenzeichnung"), _("Die Bewertung ist noch nicht gegengezeichnet.")
    decided = {decision.mark for decision in item.mark_decisions.all()}  # type: ignore[attr-defined]
    for mark in project.class_marks.all():
        if mark.state == ClassMark.State.PROPOSED and mark.mark not in decided:
            words = _("{mark} ist vorgeschlagen und noch nicht entschieden.")
            yield _("Klasse"), words.format(mark=mark.get_mark_display())
    yield from _open_answers(item, project)


def _open_answers(item: SittingItem, project: Project) -> Iterator[tuple[str, str]]:
    """Yield which of the three answers before "zur Umsetzung bestimmen" are missing or open."""
    outcome = item.outcome or item.proposal
    if Act.COMMISSION not in moving_outcomes(project.step) or outcome not in ("", Act.COMMISSION):
        return
    funding = item.funding or project.funding
    given = OutcomeValues(
        outcome=Act.COMMISSION,
        text="-",
        funding=funding,
        council_matter=item.council_matter or project.council_matter,
        unit_consent=item.unit_consent,
    )
    for missing in missing_for_outcome(given, undecided=(), sitting_day=item.sitting.day):
        if missing.field in THREE_ANSWERS:
            yield _("Vor der Umsetzung"), _("Es fehlt: {what}.").format(what=missing.label)
    if funding == Project.Funding.OPEN:
        yield _("Vor der Umsetzung"), _("Die Finanzierung ist offen.")


def _question_words(question: Question) -> str:
    turns: list[QuestionTurn] = list(question.turns.all())
    asked = (turns[0].reason or str(REMOVED)) if turns else ""
    state = _("wartet auf Antwort seit {day}") if question.state == State.OPEN else _("beantwortet am {day}")
    return f"{question.get_topic_display()}: {asked} ({state.format(day=day(question.since))})"


def _undecided_objections(*, is_example: bool) -> list[Objection]:
    answered = SittingItem.objects.filter(
        project=OuterRef("project"),
        is_final=True,
        state=SittingItem.State.CONFIRMED,
        outcome__in=[SittingItem.Outcome.REOPEN_GATE, SittingItem.Outcome.NO_CHANGE],
        recorded_at__gte=OuterRef("at"),
    )
    rows = Objection.objects.filter(~Exists(answered), project__step=Step.REJECTED, project__is_example=is_example)
    return list(rows.select_related("project").order_by("made_on", "pk"))
