"""Every list of the portal as a table to take away: the rows that are shown, all pages of them, column by column.

A list shows here what its page may show the same person, and nothing besides. No column names a person.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.admin import site
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import OrganisationUnit, Stadtteil, User
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed, may_open
from governance.record import clock
from governance.record.admin import LIST_PARAMETERS, DeskAdmin
from governance.strategy.rules import Dimension
from governance.tables.writing import Column, Table, Text, chosen_facts
from governance.templatetags.portal import day, value_label
from pool.casefile.admin import NEXT_PAGES, ProjectAdmin
from pool.decision.filters import RegisterFilter
from pool.decision.models import ItemCorrection, MarkDecision, SittingItem
from pool.decision.queries import register, register_choices, with_corrections
from pool.delivery.queries import OVER, room_list, room_row
from pool.lifecycle import Step
from pool.permissions import visible_projects
from pool.priority.models import ClassMark
from pool.priority.queries import (
    RankedProject,
    Ranking,
    levels_of,
    ranking,
    shows_examples_to,
    weights_of,
    with_safety,
)
from pool.priority.rules import Degree, contributions
from pool.project.models import NeedLink, Precision, Project, UnitLink
from pool.project.rules import reach_in_words
from pool.steering.forms import steered_filter
from pool.submission.filters import PoolFilter, in_order
from pool.submission.queries import leading_units, my_projects, needs_in_order, pool_projects
from pool.submission.rules import waiting_for
from pool.templatetags.safety import swap_up_sentence

ROWS_AT_ONCE = 500
REMOVED = gettext_lazy("entfernt")
# In one cell each on its own line; a comma or semicolon may be part of a name.
BETWEEN = "\n"


def pool_list(request: SignedInRequest) -> Table:
    """The pool as it is narrowed and ordered; everybody who reads the page reads every column."""
    chosen = PoolFilter(request.GET, pool_projects(request.user), needs=needs_in_order(), units=leading_units())
    rows = in_order(chosen.qs, request.GET)
    return Table(_("Pool"), [*_basic(), *_linked(rows), *_marks_of_a_row()], _in_turn(rows), _facts(chosen))


def my_list(request: SignedInRequest) -> Table:
    """What the person writes or works on, and with whom it lies."""
    rows = my_projects(request.user).select_related("lead_handlungsfeld", "lead_unit")
    columns = [
        *_basic(),
        Column(_("liegt bei"), _waiting, 40),
        Column(_("Ihre Rolle"), lambda row: BETWEEN.join(str(each.get_role_display()) for each in row.mine), 24),
        *_marks_of_a_row(),
    ]
    return Table(_("Meine Ideen"), columns, _in_turn(rows), chosen_facts({}))


def desk_list(request: SignedInRequest) -> Table:
    """The list at the desk as it is narrowed and ordered, with everything the idea says; the CDO's office reads all."""
    desk = site.get_model_admin(Project)
    if not isinstance(desk, ProjectAdmin) or not desk.reads(request.user):
        raise NotAllowed(_("Diese Liste gehört zum Schreibtisch der CDO."))
    rows = _shown_at_desk(request, desk).defer(None).select_related("lead_handlungsfeld", "lead_unit")
    columns = [*_basic(), Column(_("als Nächstes"), lambda row: NEXT_PAGES.get(Step(row.step), ("", ""))[1])]
    columns += [*_linked(rows), *(_own(name) for name in DESK_FIELDS), *_marks_of_a_row()]
    narrowed = {_("Adresse der Liste"): f"?{request.GET.urlencode()}"} if request.GET else {}
    return Table(_("Projekte"), columns, _in_turn(rows), chosen_facts(narrowed))


def steered_list(request: SignedInRequest) -> Table:
    """The list behind the figures of the dashboard."""
    chosen = steered_filter(request.GET, request.user)
    columns = [column for column in _basic() if column.head != _("Kurztext")]
    return Table(_("Vorhaben"), [*columns, *_marks_of_a_row()], _in_turn(chosen.qs), _facts(chosen))


def delivery_list(request: SignedInRequest) -> Table:
    """What the room of the teams lists, with how each project stands by its milestones and its last report."""
    today, shows = clock.today(), request.GET.get("zeige", "")
    rows = (room_row(each, today) for each in room_list(request.user, shows))
    columns = [
        *(_of_project(column) for column in _basic() if column.head != _("Kurztext")),
        Column(_("Meilensteine erreicht"), lambda row: row.progress.reached, 14),
        Column(_("Meilensteine gesamt"), lambda row: row.progress.total, 14),
        Column(_("Nächster Meilenstein"), lambda row: row.next_title, 48),
        Column(_("Nächster Termin"), lambda row: day(row.next_on, row.next_precision) if row.next_on else "", 20),
        Column(_("Termin vorbei"), lambda row: row.is_next_overdue, 12),
        Column(_("Letzter Bericht: Stand"), lambda row: row.as_of, 14),
        Column(_("Letzter Bericht: Lage"), lambda row: row.standing_words, 16),
        Column(_("Nächster Bericht bis"), lambda row: row.report_due, 14),
        Column(_("Bericht überfällig"), lambda row: row.is_report_overdue, 12),
        Column(_("Abschluss vorgeschlagen"), lambda row: row.has_proposal, 14),
        *(_of_project(column) for column in _marks_of_a_row()),
    ]
    facts = {_("gezeigt wird"): _("was abgeschlossen oder beendet ist") if shows == OVER else _("was in Arbeit ist")}
    return Table(_("Umsetzung"), columns, rows, chosen_facts(facts))


def _of_project(column: Column) -> Column:
    """The same column for a row that carries its project."""
    return replace(column, value=lambda row: column.value(row.project))


# --- Projects -----------------------------------------------------------------------------------------------------

DESK_FIELDS = (
    "origin", "channel", "problem", "benefit", "beneficiary", "participation", "effort", "timing", "cost", "funding",
    "procurement", "council_matter", "look_again_on", "remind_on",
)  # fmt: skip


def _in_turn(rows: QuerySet[Project]) -> Iterator[Project]:
    """Yield the rows of one query without holding all of them; a list with rows read along is read at once."""
    return iter(rows) if rows._prefetch_related_lookups else rows.iterator(chunk_size=ROWS_AT_ONCE)  # type: ignore[attr-defined]


def _basic() -> list[Column]:
    return [
        Column(_("Poolnummer"), lambda row: row.pool_number, 12),
        Column(_("Titel"), lambda row: row.title, 48),
        Column(_("Kurztext"), lambda row: row.short_text, 60),
        Column(_("Schritt"), lambda row: row.get_step_display(), 20),
        Column(_("seit"), _since, 14),
        Column(_("Handlungsfeld"), lambda row: row.lead_handlungsfeld, 28),
        Column(_("Federführende Stelle"), lambda row: row.lead_unit if row.lead_unit_id else "", 32),
    ]


def _marks_of_a_row() -> list[Column]:
    return [
        Column(_("übernommen"), lambda row: row.is_taken_over, 12),
        Column(_("Beispiel"), lambda row: row.is_example, 10),
        Column(_("Kennung"), lambda row: str(row.pk), 38),
    ]


def _since(row: Project) -> object:
    """Only as exactly as it is known."""
    if row.step_since is None or row.step_since_precision == Precision.DAY:
        return row.step_since
    return day(row.step_since, row.step_since_precision)


def _waiting(row: Any) -> str:
    return str(
        waiting_for(
            row.step, is_author=row.writes, is_lead=row.leads, has_lead=row.has_lead, has_proposal=row.has_proposal
        )
    )


def _own(name: str) -> Column:
    """One of the idea's own fields, in the words of the form."""
    field = Project._meta.get_field(name)
    if getattr(field, "choices", None):
        return Column(field.verbose_name, lambda row: getattr(row, f"get_{name}_display")())  # type: ignore[union-attr]
    width = 60 if name in ("problem", "benefit", "effort", "procurement") else 24
    return Column(field.verbose_name, lambda row: getattr(row, name), width)  # type: ignore[union-attr]


def _linked(rows: QuerySet[Project]) -> list[Column]:
    """The Handlungsbedarfe, the units that take part, Stadtteile: three queries for any length, asked once."""
    keys = rows.order_by().values("pk")
    needs, units = _Later(lambda: _needs_by_project(keys)), _Later(lambda: _units_by_project(keys))
    stadtteile = _Later(lambda: _stadtteile_by_project(keys))
    return [
        Column(_("Handlungsbedarfe"), lambda row: BETWEEN.join(needs.by_project[row.pk]), 40),
        Column(_("Beteiligte Stellen"), lambda row: BETWEEN.join(units.by_project[row.pk]), 40),
        Column(_("Wo es wirkt"), lambda row: reach_in_words(row.reach, stadtteile.by_project[row.pk]), 24),
    ]


class _Later:
    """What is asked of the database when the first row needs it."""

    def __init__(self, ask: Callable[[], Mapping[object, list[str]]]) -> None:
        self._ask = ask
        self._found: Mapping[object, list[str]] | None = None

    @property
    def by_project(self) -> Mapping[object, list[str]]:
        """The texts by project."""
        if self._found is None:
            self._found = self._ask()
        return self._found


def _needs_by_project(keys: QuerySet[Any]) -> Mapping[object, list[str]]:
    found: dict[object, list[str]] = defaultdict(list)
    rows = NeedLink.objects.filter(project__in=keys)
    rows = rows.order_by("handlungsbedarf__handlungsfeld__number", "handlungsbedarf__number")
    for project, title in rows.values_list("project", "handlungsbedarf__title"):
        found[project].append(title)
    return found


def _stadtteile_by_project(keys: QuerySet[Any]) -> Mapping[object, list[str]]:
    found: dict[object, list[str]] = defaultdict(list)
    for project, name in Stadtteil.objects.filter(projects__in=keys).order_by("slug").values_list("projects", "name"):
        found[project].append(name)
    return found


def _units_by_project(keys: QuerySet[Any]) -> Mapping[object, list[str]]:
    found: dict[object, list[str]] = defaultdict(list)
    parts = dict(UnitLink.Part.choices)
    rows = UnitLink.objects.filter(project__in=keys).order_by("pk").values_list("project", "unit__name", "part", "task")
    for project, name, part, task in rows:
        said = ", ".join(str(each) for each in (parts.get(part, ""), task) if each)
        found[project].append(f"{name}: {said}" if said else name)
    return found


def _facts(chosen: Any) -> list[tuple[Text, object]]:
    """What the list was narrowed to, in the words of its filters."""
    form = chosen.form
    form.is_valid()
    return chosen_facts(
        {
            str(form.fields[name].label): value_label(form.fields[name], value)
            for name, value in form.cleaned_data.items()
            if value not in (None, "", []) and not (hasattr(value, "exists") and not value)
        }
    )


def _shown_at_desk(request: SignedInRequest, desk: DeskAdmin) -> QuerySet[Project]:
    """Return what the desk's list shows for this address, all pages of it; what the list does not know is left out."""
    known = (LIST_PARAMETERS - {"p"}) | desk.filter_parameters()
    query = QueryDict(mutable=True)
    query.update({name: request.GET[name] for name in request.GET if name in known})
    request.GET = query  # type: ignore[assignment]
    try:
        return desk.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        raise Http404 from None


# --- The ranking --------------------------------------------------------------------------------------------------


def ranking_list(request: SignedInRequest) -> Table:
    """The ranking with levels, contributions and reasons of record; below it what stands apart from it, without a rank.

    Whoever opens the room reads all of it, the Beirat included.
    """
    order = ranking(include_examples=shows_examples_to(request.user), readable=visible_projects(request.user))
    facts = [*chosen_facts({}), (_("Regel"), str(order.rule)), (_("Punkte"), _("0 bis 100, in Schritten von 0,25"))]
    rows: list[Any] = [*order.entries, *order.unrated, *order.deferred]
    return Table(_("Rangliste"), _ranking_columns(order), rows, facts)


def _ranking_columns(order: Ranking) -> list[Column]:
    weights = weights_of(order.rule)
    words = {Degree.VERNETZUNG: _("Vernetzung"), Degree.EFFECT: _("Wirkung")}
    words |= {Degree.KOMPETENZAUFBAU: _("Kompetenzaufbau"), Degree.SYNERGIEN: _("Synergien")}

    def contribution(degree: Degree) -> Callable[[RankedProject], Decimal]:
        def points(entry: RankedProject) -> Decimal:
            parts = {part.degree: part.points for part in contributions(levels_of(entry.rating), weights)}
            return Decimal(parts[degree]) / 4

        return points

    columns = [
        _ranked(_("Platz"), lambda entry: entry.ranked.rank, 8),
        Column(_("Poolnummer"), lambda row: _project_of(row).pool_number, 12),
        Column(_("Titel"), lambda row: _project_of(row).title, 48),
        Column(_("Stand"), lambda row: _project_of(row).get_step_display(), 16),
        _ranked(_("Vorrangklasse"), lambda entry: bool(entry.ranked.criteria.priority_class), 14),
        _ranked(_("Klassen"), _marks, 28),
        _ranked(_("Punkte"), lambda entry: Decimal(entry.ranked.criteria.score) / 4, 10),
    ]
    for degree in Degree:
        word = words[degree]
        columns.append(_ranked(_("{degree}: Stufe").format(degree=word), _level(degree.value), 16))
        columns.append(_ranked(_("{degree}: Beitrag").format(degree=word), contribution(degree), 16))
    columns += _safety_columns(order)
    columns += [
        _ranked(_("{dimension}: Stufe").format(dimension=each.label), _level(each.value), 16)
        for each in (Dimension.EFFECT_INWARD, Dimension.EFFECT_OUTWARD)
    ]
    columns += [
        _ranked(_("{dimension}: Begründung").format(dimension=each.label), _reason(each.value), 50)
        for each in Dimension
    ]
    return [
        *columns,
        Column(_("Handlungsfeld"), lambda row: _project_of(row).lead_handlungsfeld, 28),
        Column(_("Federführende Stelle"), lambda row: _project_of(row).lead_unit, 32),
        Column(_("Beispiel"), lambda row: _project_of(row).is_example, 10),
    ]


def _safety_columns(order: Ranking) -> list[Column]:
    """Best, middle and worst place over the accepted weightings, and the change that would exchange it; by weights
    alone, so that everybody who opens the list may read it."""
    safe = with_safety(order)
    explained = {entry.project.pk: safe.explained(place) for place, entry in enumerate(order.entries)}
    return [
        _ranked(_("Bester Platz"), lambda entry: explained[entry.project.pk].safety.best, 10),
        _ranked(_("Mittlerer Platz"), lambda entry: explained[entry.project.pk].safety.median, 10),
        _ranked(_("Schlechtester Platz"), lambda entry: explained[entry.project.pk].safety.worst, 10),
        _ranked(
            _("Tausch mit dem Platz davor"),
            lambda entry: swap_up_sentence(explained[entry.project.pk], order.rule),
            60,
        ),
    ]


def _project_of(row: RankedProject | Project) -> Project:
    return row.project if isinstance(row, RankedProject) else row


def _ranked(head: str, value: Callable[[RankedProject], object], width: int) -> Column:
    """A column that says nothing of what has no rank."""
    return Column(head, lambda row: value(row) if isinstance(row, RankedProject) else "", width)


def _level(name: str) -> Callable[[RankedProject], object]:
    return lambda entry: getattr(levels_of(entry.rating), name)


def _reason(name: str) -> Callable[[RankedProject], object]:
    return lambda entry: REMOVED if entry.rating.reason_removed_at else entry.rating.reasons[name]


def _marks(entry: RankedProject) -> str:
    return BETWEEN.join(
        f"{ClassMark.Mark(mark.mark).label} ({ClassMark.State(mark.state).label})" for mark in entry.marks
    )


# --- Beschlüsse ---------------------------------------------------------------------------------------------------


def resolution_list(request: SignedInRequest) -> Table:
    """The register of Beschlüsse as it is narrowed; money is for those who read inside."""
    chosen = RegisterFilter(request.GET, register(request.user), choices=register_choices(request.user))
    decisions = "mark_decisions"
    rows = chosen.qs.select_related("project__lead_unit").prefetch_related(with_corrections(), decisions)
    return Table(_("Beschlüsse"), _resolution_columns(request.user), list(rows), _facts(chosen))


def _resolution_columns(user: User) -> list[Column]:
    columns = [
        Column(_("Sitzung am"), lambda item: item.sitting.day, 14),
        Column(_("Gremium"), lambda item: item.sitting.body, 24),
        Column(_("Punkt"), lambda item: item.number, 8),
        Column(_("Art"), lambda item: item.get_kind_display(), 16),
        Column(_("Gegenstand"), lambda item: item.title, 48),
        Column(_("Poolnummer"), lambda item: item.project.pool_number if item.project else None, 12),
        Column(_("Handlungsfeld"), lambda item: item.project.lead_handlungsfeld if item.project else "", 28),
        Column(_("Federführende Stelle"), lambda item: _unit_of(item), 32),
        Column(_("Ergebnis"), lambda item: item.get_outcome_display(), 24),
        Column(_("Beschlusstext"), lambda item: _standing(item, ItemCorrection.Field.TEXT), 60),
        Column(_("Begründung"), _reason_of_item, 60),
        Column(_("berichtigt"), lambda item: bool(item.corrections.all()), 12),
        Column(_("Klasse"), _decided_marks, 28),
        Column(_("wieder ansehen am"), lambda item: item.look_again_on, 16),
        Column(_("Auflage"), lambda item: item.conditions, 48),
        Column(_("Auflage bis"), lambda item: item.conditions_due_on, 16),
        Column(_("Wer der Auflage nachgeht"), lambda item: item.follow_up or "", 28),
        Column(_("Auflage erfüllt am"), _condition_met_on, 16),
        Column(_("ersetzt"), lambda item: item.is_replaced, 12),
    ]
    if may_open(user, "sitzungen"):
        columns += [
            Column(_("Finanzierung"), lambda item: item.get_funding_display(), 16),
            Column(_("Rats- oder Ausschusssache"), lambda item: item.council_matter, 32),
        ]
    return [*columns, Column(_("Beispiel"), lambda item: item.sitting.is_example, 10)]


def _condition_met_on(item: SittingItem) -> date | None:
    return item.met.met_on if item.met else None


def _unit_of(item: SittingItem) -> OrganisationUnit | str:
    return item.project.lead_unit if item.project and item.project.lead_unit else ""


def _standing(item: SittingItem, field: str) -> str:
    """What a text of a Beschluss says today."""
    corrected = [each.new_text for each in item.corrections.all() if each.field == field]
    return corrected[-1] if corrected else getattr(item, field)


def _reason_of_item(item: SittingItem) -> object:
    return REMOVED if item.reason_removed_at else _standing(item, ItemCorrection.Field.REASON)


def _decided_marks(item: SittingItem) -> str:
    decisions: list[MarkDecision] = list(item.mark_decisions.all())
    return BETWEEN.join(
        f"{ClassMark.Mark(each.mark).label}: {_('bestätigt') if each.confirms else _('nicht bestätigt')}"
        for each in decisions
    )
