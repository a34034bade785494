"""Building the meeting pack of a sitting: one function per part, in a number of queries that does not grow.

Before closing everything is as it stands now; afterwards the ranking is that of the frozen form. Nothing of it
depends on the clock or on who reads it: all who may open a sitting read the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from governance.templatetags.portal import day
from pool.decision import frozen
from pool.decision.agenda_queries import SeatLine, VoteLine, attendance_sheet, items_with_all
from pool.decision.models import FrozenForm, ItemCorrection, MarkDecision, Sitting, SittingItem
from pool.decision.queries import order_before
from pool.decision.sitting_rules import vote_in_words
from pool.decision.verification import first_difference, previous_hash_of
from pool.exchange.meeting_pack_coverage import coverage_section
from pool.exchange.meeting_pack_profiles import (
    BETWEEN,
    REMOVED,
    levels_of_record,
    mark_words,
    open_points,
    packed_projects,
    profile_of,
)
from pool.exchange.meeting_pack_values import (
    Degree,
    Head,
    Item,
    Named,
    OpenPoint,
    Pack,
    Place,
    Recomputation,
)
from pool.lifecycle import Act
from pool.maturity.models import Rating
from pool.priority.models import RuleVersion
from pool.priority.queries import Explained, MarkState, RankedProject, Ranking, RankingWithSafety, with_safety
from pool.priority.rules import Candidate, Levels, Weights, ranked
from pool.project.models import Project
from pool.templatetags.figures import DEGREES
from pool.templatetags.ranking import behind
from pool.templatetags.safety import safety_words, span, swap_up_sentence, tie_sentence

# What the check of a frozen form reads of each item.
VERIFIED_WITH_ITEMS = (
    "mark_decisions", "recusals", "recommendations", "rule_version", "project", "follow_up", "supersedes__sitting",
)  # fmt: skip


def pack_of(sitting: Sitting) -> Pack:
    """Return the meeting pack of an open sitting, or the minutes of a closed one."""
    items = list(items_with_all(sitting.items.all()).order_by("number"))
    form = None if sitting.is_open else sitting.frozen_form
    order = order_before(is_example=sitting.is_example, with_apart=False) if form is None else order_of(form)
    numbers = {item.project_id: item.number for item in items if item.project_id}
    places = tuple(_places(order, numbers))
    by_project = {place.project: place for place in places}
    projects = packed_projects(numbers, before=sitting)
    profiles = [
        profile_of(projects[pk], number=number, place=by_project.get(str(pk)), is_open=sitting.is_open)
        for pk, number in numbers.items()
    ]
    points: Sequence[OpenPoint] = open_points(sitting, items, projects) if sitting.is_open else ()
    return Pack(
        head=_head(sitting, order),
        presence=tuple(_presence(sitting)),
        items=tuple(_item(item, by_project) for item in items),
        open_points=tuple(points),
        places=places,
        # Afterwards the coverage is that of another day; it was no part of what was decided.
        sections=(coverage_section(include_examples=sitting.is_example),) if sitting.is_open else (),
        profiles=tuple(profiles),
        recomputation=_recomputation(form) if form else None,
    )


# --- Head ---------------------------------------------------------------------------------------------------------


def _head(sitting: Sitting, order: Ranking) -> Head:
    rule = order.rule
    weights = zip(DEGREES, (rule.weight_vernetzung, rule.weight_effect, rule.weight_kompetenzaufbau,
                            rule.weight_synergien), strict=True)  # fmt: skip
    return Head(
        title=_("Sitzungsmappe") if sitting.is_open else _("Niederschrift"),
        body=str(sitting.body),
        day=sitting.day,
        place=sitting.place,
        chair=str(sitting.chair),
        is_open=sitting.is_open,
        is_example=sitting.is_example,
        closing=_closing(sitting),
        rule=str(rule),
        rule_state=_rule_state(rule) if sitting.is_open else "",
        weights=tuple(Named(name, f"{weight}\u00a0%") for (_letter, name), weight in weights),
        effect_threshold=rule.effect_threshold,
    )


def _closing(sitting: Sitting) -> str:
    if sitting.is_open:
        return ""
    words = _("Geschlossen am {day} von {name}.")
    if sitting.closed_in_place_of:
        words = _("Geschlossen am {day} von {name} in Vertretung für {principal}.")
    return words.format(day=day(sitting.closed_at), name=sitting.closed_by, principal=sitting.closed_in_place_of)


def _rule_state(rule: RuleVersion) -> str:
    if not getattr(rule, "is_adopted", False):
        return _("Ausgangsregel, noch nicht beschlossen.")
    if not getattr(rule, "is_adopted_for_real", False):
        return _("Beschlossen in einer Beispielsitzung.")
    return _("Von der Lenkungsgruppe beschlossen.")


def _presence(sitting: Sitting) -> Iterator[Named]:
    """Yield who sat there and whether that was enough, once somebody noted it."""
    sheet = attendance_sheet(sitting)
    if sheet.present is None:
        return
    taken = [line for line in sheet.lines if line.taken_by]
    yield Named(_("Anwesend"), BETWEEN.join(_seat_words(line) for line in taken))
    missing = [str(line.holder) for line in sheet.lines if not line.taken_by]
    if missing:
        yield Named(_("Nicht anwesend"), BETWEEN.join(missing))
    words = _("beschlussfähig") if sheet.present.is_quorate else _("nicht beschlussfähig")
    said = _("{words}: {there} von {seats} Sitzen besetzt, {quorum} nötig").format(
        words=words, there=len(taken), seats=len(sheet.lines), quorum=sheet.quorum
    )
    yield Named(_("Beschlussfähigkeit"), said)


def _seat_words(line: SeatLine) -> str:
    words = "{name}" if line.taken_by == line.holder else _("{name} in Vertretung für {holder}")
    said = words.format(name=line.taken_by, holder=line.holder)
    return _("{name} (Vorsitz)").format(name=said) if line.is_chair else said


# --- Items --------------------------------------------------------------------------------------------------------


def _item(item: SittingItem, places: Mapping[str, Place]) -> Item:
    project = item.project
    place = places.get(str(item.project_id)) if project else None
    return Item(
        key=str(item.pk),
        number=item.number,
        kind=str(item.get_kind_display()),
        title=item.title,
        state=str(item.get_state_display()),
        project=str(project.pk) if project else "",
        pool_number=project.pool_number if project else None,
        field_name=str(project.lead_handlungsfeld or "") if project else "",
        unit=str(project.lead_unit or "") if project else "",
        place=place.rank if place else None,
        is_example=bool(project and project.is_example),
        proposal=str(item.get_proposal_display()) if item.proposal else "",
        outcome=item.outcome_words if item.recorded_by_id else "",
        proposed=tuple(_proposed(item)),
        decided=tuple(_decided(item)) if item.recorded_by_id else (),
        corrections=tuple(_correction(each) for each in item.corrections.all()) if item.is_final else (),
    )


def _proposed(item: SittingItem) -> Iterator[Named]:
    if item.rule_version:
        yield Named(_("Regel"), _rule_words(item.rule_version))
    if item.proposal and not _was_decided_as_proposed(item):
        yield Named(_("Vorgeschlagenes Ergebnis"), str(item.get_proposal_display()))
        yield Named(_("Beschlussvorschlag"), item.proposal_text)
    if not item.recorded_by_id:
        yield from _reasons(item)
        yield from _with_the_outcome(item, item.proposal)
    yield from _recommended(item)


def _was_decided_as_proposed(item: SittingItem) -> bool:
    return bool(item.recorded_by_id) and (item.proposal, item.proposal_text) == (item.outcome, item.text)


def _decided(item: SittingItem) -> Iterator[Named]:
    as_proposed = _("{outcome}, wie vorgeschlagen") if _was_decided_as_proposed(item) else "{outcome}"
    yield Named(_("Ergebnis"), as_proposed.format(outcome=item.outcome_words))
    yield Named(_("Beschlusstext"), item.text)
    yield from _reasons(item)
    decisions: list[MarkDecision] = list(item.mark_decisions.all())
    for decision in decisions:
        said = _("bestätigt") if decision.confirms else _("nicht bestätigt")
        yield Named(_("Klasse {mark}").format(mark=decision.get_mark_display()), said)
    yield from _with_the_outcome(item, item.outcome)
    yield from _how_it_came_about(item)
    if item.supersedes:
        replaced = _("Beschluss vom {day}: {outcome}")
        said = replaced.format(day=day(item.supersedes.sitting.day), outcome=item.supersedes.outcome_words)
        yield Named(_("Ersetzt"), said)
    yield Named(_("Protokolliert"), _hand(item.recorded_by, item.recorded_in_place_of, item.recorded_at))
    if item.confirmed_by:
        yield Named(_("Bestätigt"), _hand(item.confirmed_by, item.confirmed_in_place_of, item.confirmed_at))


def _how_it_came_about(item: SittingItem) -> Iterator[Named]:
    """Yield vote, recusals, dissent and condition; all of it is for those who sit in the room, like the whole pack."""
    vote = VoteLine(item.voting, item.voters, item.votes_yes, item.votes_no, item.votes_abstained)
    if item.voting:
        yield Named(_("Abstimmung"), vote.words)
    recused = [str(row.person) for row in item.recusals.all()]  # type: ignore[attr-defined]
    if recused:
        yield Named(_("Befangen, ohne Stimme"), BETWEEN.join(recused))
    if item.dissent and not item.reason_removed_at:
        yield Named(_("Abweichende Meinung"), item.dissent)
    if item.conditions:
        words = _("{text}\nZu erfüllen bis {day}, Stelle: {unit}")
        said = words.format(text=item.conditions, day=day(item.conditions_due_on), unit=item.follow_up)
        yield Named(_("Auflage"), said)


def _recommended(item: SittingItem) -> Iterator[Named]:
    """Yield what the Beirat recommends, as it was last entered."""
    for given in list(item.recommendations.all())[-1:]:  # type: ignore[attr-defined]
        said = _("{text}\nBeirat am {day}: {vote}").format(
            text=given.text or REMOVED,
            day=day(given.day),
            vote=vote_in_words(given.votes_yes, given.votes_no, given.votes_abstained),
        )
        yield Named(_("Empfehlung des Beirats"), said)


def _reasons(item: SittingItem) -> Iterator[Named]:
    if item.reason_removed_at:
        yield Named(_("Begründung"), str(REMOVED))
        return
    if item.reason:
        yield Named(_("Begründung"), item.reason)
    if item.no_countersignature:
        yield Named(_("Warum ohne Gegenzeichnung"), item.no_countersignature)


def _with_the_outcome(item: SittingItem, outcome: str) -> Iterator[Named]:
    """Yield what an outcome carries besides its text, proposed or decided."""
    if outcome == Act.DEFER and item.look_again_on:
        yield Named(_("Wieder ansehen am"), day(item.look_again_on))
    if outcome == Act.STOP and item.lesson:
        yield Named(_("Was wir gelernt haben"), item.lesson)
    if outcome == Act.COMMISSION:
        answers = (
            (_("Finanzierung"), str(item.get_funding_display()) if item.funding else ""),
            (_("Rats- oder Ausschusssache"), item.council_matter),
            (_("Zustimmung der federführenden Stelle"), item.unit_consent),
        )
        yield from (Named(label, text) for label, text in answers if text)


def _hand(by: object, in_place_of: object, at: object) -> str:
    words = _("{name} in Vertretung für {principal}, {day}") if in_place_of else _("{name}, {day}")
    return words.format(name=by, principal=in_place_of, day=day(at))  # type: ignore[arg-type]


def _correction(correction: ItemCorrection) -> str:
    return _("Berichtigt am {day}, {field}: {text} Grund: {reason}").format(
        day=day(correction.at),
        field=correction.get_field_display(),
        text=correction.new_text or REMOVED,
        reason=correction.reason or REMOVED,
    )


def _rule_words(rule: RuleVersion) -> str:
    words = _(
        "Gewichte: Vernetzung {v} %, Wirkung {w} %, Kompetenzaufbau {k} %, Synergien {s} %. Vorrangklasse ab Wirkung "
        "{threshold}. Gilt ab {day}."
    )
    return words.replace(" %", "\u00a0%").format(
        v=rule.weight_vernetzung,
        w=rule.weight_effect,
        k=rule.weight_kompetenzaufbau,
        s=rule.weight_synergien,
        threshold=rule.effect_threshold,
        day=day(rule.valid_from),
    )


# --- Ranking ------------------------------------------------------------------------------------------------------


def order_of(form: FrozenForm) -> Ranking:
    """Return the order that a closed sitting decided on, computed from the levels in its frozen form.

    Three queries. Raises ValueError where the form is not readable.
    """
    content = frozen.read(form.content)
    stated = {place["project"]: place for place in content["ranked"]}
    ratings = Rating.objects.in_bulk([place["rating"] for place in stated.values()])
    projects = {
        str(project.pk): project
        for project in Project.objects.filter(pk__in=[UUID(key) for key in stated]).select_related(
            "lead_handlungsfeld", "lead_unit"
        )
    }
    candidates = [
        Candidate(key, place["pool_number"], Levels(**place["levels"]), tuple(place["marks"].values()))
        for key, place in stated.items()
    ]
    rule = RuleVersion.objects.get(number=content["rule"])
    entries = []
    for row in ranked(candidates, Weights(**content["weights"]), content["effect_threshold"]):
        key = row.candidate.project_id
        marks = tuple(MarkState(mark, state) for mark, state in sorted(stated[key]["marks"].items()))
        entries.append(RankedProject(row, projects[key], ratings[stated[key]["rating"]], marks))
    return Ranking(rule=rule, day=form.sitting.day, entries=entries)


def _places(order: Ranking, numbers: Mapping[UUID, int]) -> Iterator[Place]:
    """Yield the places with their safety; what single opinions say about it is not for those who read a pack."""
    safe = with_safety(order)
    for index, entry in enumerate(order.entries):
        yield _place(safe.explained(index), safe, numbers.get(entry.project.pk))


def _place(explained: Explained, safe: RankingWithSafety, on: int | None) -> Place:
    entry, rule = explained.entry, safe.order.rule
    project = entry.project
    return Place(
        project=str(project.pk),
        rank=entry.ranked.rank,
        is_shared=entry.ranked.is_shared,
        pool_number=project.pool_number,
        title=project.title,
        field_name=str(project.lead_handlungsfeld or ""),
        unit=str(project.lead_unit or ""),
        is_example=project.is_example,
        in_class=bool(entry.ranked.criteria.priority_class),
        score=entry.ranked.score,
        on_list=on,
        marks=tuple(mark_words(mark.mark, mark.state) for mark in entry.counting_marks),
        degrees=tuple(
            Degree(letter, name, part.level, part.weight, part.points)
            for (letter, name), part in zip(DEGREES, entry.ranked.contributions, strict=True)
        ),
        levels=levels_of_record(entry.rating),
        why=tuple(_why(entry, explained.upper, rule)),
        best=explained.safety.best,
        worst=explained.safety.worst,
        safety=tuple(said for said in _safety(explained, safe) if said),
    )


def _why(entry: RankedProject, upper: RankedProject | None, rule: RuleVersion) -> Iterator[str]:
    """Yield what keeps an entry below the one above it, in the words of the ranking page."""
    if upper:
        yield behind(entry, upper)
    if entry.ranked.outscores_class:
        yield _("Mehr Punkte als der letzte Platz der Vorrangklasse.")
    if entry.is_marked_but_outside:
        words = _("Die Klasse zählt nicht für den Vorrang: Die Wirkung liegt unter Stufe {level}.")
        yield words.format(level=rule.effect_threshold)


def _safety(explained: Explained, safe: RankingWithSafety) -> Iterator[str]:
    """Yield how safe a place is under other weights, what would exchange it, and with whom it is practically tied."""
    rule, safety = safe.order.rule, explained.safety
    if safety.is_certain:
        words = _("Sicher: bei jeder Gewichtung (je ± {points}) {span}.")
    else:
        words = _("Bei anderen Gewichten (je ± {points}) {span}, {words}.")
    yield words.format(points=rule.accepted_interval, span=span(safety), words=safety_words(safety))
    yield swap_up_sentence(explained, rule)
    if explained.group is not None:
        ranks = [safe.order.entries[place].ranked.rank for place in (explained.group[0], explained.group[-1])]
        if ranks[0] != ranks[1]:  # a shared rank says so itself
            yield tie_sentence(ranks[0], ranks[1])


# --- Recomputation ------------------------------------------------------------------------------------------------


def _recomputation(form: FrozenForm) -> Recomputation:
    prefetch_related_objects([form], *(f"sitting__items__{name}" for name in VERIFIED_WITH_ITEMS))
    difference = first_difference(form, previous_hash=previous_hash_of(form))
    holds = _("Nachgerechnet: Punkte, Ränge, Ergebnisse und Prüfsumme passen zusammen.")
    fails = _("Nachgerechnet: stimmt nicht. {difference}.")
    return Recomputation(
        hash=form.hash,
        previous_hash=form.previous_hash,
        holds=not difference,
        sentence=fails.format(difference=difference[:1].upper() + difference[1:]) if difference else holds,
    )
