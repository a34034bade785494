"""The meeting pack as a workbook: one sheet per part, texts as texts, the same bytes from the same pack."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _

from governance.tables.writing import Column, Table, Text, write_book
from pool.exchange.meeting_pack_queries import Standing
from pool.exchange.meeting_pack_values import Item, Named, OpenPoint, Pack, Place, Profile, Section

BETWEEN = "\n"
NO_ORDER = (
    "Ein Beschluss ist eine fachliche Priorität, kein Auftrag, keine Vergabe und keine Mittelfreigabe. Haushalt, "
    "Vergaben und Ratssachen bleiben bei denen, die dafür zuständig sind."
)


def book_of(pack: Pack, standing: Standing) -> bytes:
    """Return the pack as XLSX."""
    tables = [_items(pack), _resolutions(pack)]
    if pack.head.is_open:
        tables.append(_points(pack))
    tables += [_places(pack), _profiles(pack), *(_section(section) for section in pack.sections)]
    target = BytesIO()
    write_book(tables, target, title=f"{pack.head.title}, {pack.head.body}", facts=_facts(pack, standing))
    return target.getvalue()


def _facts(pack: Pack, standing: Standing) -> list[tuple[Text, object]]:
    head = pack.head
    found: list[tuple[Text, object]] = [
        (_("Gremium"), head.body),
        (_("Sitzung am"), head.day),
        (_("Ort und Uhrzeit"), head.place),
        (_("Vorsitz"), head.chair),
        (_("Stand der Sitzung"), head.closing or _("offen")),
        *((each.label, each.text) for each in pack.presence),
        (_("Regel"), pack.head.rule_words),
        (_("Stand"), BETWEEN.join(standing.sentences)),
        (_("Beispiel"), head.is_example),
        (_("Was ein Beschluss ist"), _(NO_ORDER)),
    ]
    if pack.recomputation:
        found += [
            (_("Nachgerechnet"), pack.recomputation.sentence),
            (_("Prüfsumme"), pack.recomputation.hash),
            (_("Prüfsumme der vorigen Sitzung"), pack.recomputation.previous_hash),
        ]
    return found


def _items(pack: Pack) -> Table:
    columns = [
        Column(_("TOP"), lambda item: item.number, 8),
        Column(_("Art"), lambda item: item.kind, 14),
        Column(_("Gegenstand"), lambda item: item.title, 48),
        Column(_("Poolnummer"), lambda item: item.pool_number, 12),
        Column(_("Handlungsfeld"), lambda item: item.field_name, 28),
        Column(_("Federführende Stelle"), lambda item: item.unit, 32),
        Column(_("Platz"), lambda item: item.place, 8),
        Column(_("Stand"), lambda item: item.state, 24),
        Column(_("Vorschlag"), lambda item: item.proposal, 28),
        Column(_("Ergebnis"), lambda item: item.outcome, 28),
        Column(_("Beispiel"), lambda item: item.is_example or pack.head.is_example, 10),
    ]
    return Table(_("Tagesordnung"), columns, pack.items)


def _resolutions(pack: Pack) -> Table:
    """One row per said thing: item, whether proposed or decided, name, text."""
    rows: list[tuple[Item, str, Named]] = []
    for item in pack.items:
        rows += [(item, _("Vorschlag"), named) for named in item.proposed]
        rows += [(item, _("Ergebnis"), named) for named in item.decided]
        rows += [(item, _("Berichtigung"), Named(_("Berichtigung"), text)) for text in item.corrections]
    columns = [
        Column(_("TOP"), lambda row: row[0].number, 8),
        Column(_("Gegenstand"), lambda row: row[0].title, 48),
        Column(_("Teil"), lambda row: row[1], 16),
        Column(_("Angabe"), lambda row: row[2].label, 32),
        Column(_("Text"), lambda row: row[2].text, 80),
    ]
    return Table(_("Beschlussvorschläge") if pack.head.is_open else _("Beschlüsse"), columns, rows)


def _points(pack: Pack) -> Table:
    columns: list[Column] = [
        Column(_("TOP"), lambda point: point.number, 8),
        Column(_("Gegenstand"), lambda point: point.title, 48),
        Column(_("Offen"), lambda point: point.kind, 24),
        Column(_("Was"), lambda point: point.text, 80),
    ]
    rows: tuple[OpenPoint, ...] = pack.open_points
    return Table(_("Offene Fragen"), columns, rows)


def _places(pack: Pack) -> Table:
    columns = [
        Column(_("Platz"), lambda place: place.rank, 8),
        Column(_("geteilt"), lambda place: place.is_shared, 10),
        Column(_("TOP"), lambda place: place.on_list, 8),
        Column(_("Poolnummer"), lambda place: place.pool_number, 12),
        Column(_("Titel"), lambda place: place.title, 48),
        Column(_("Vorrangklasse"), lambda place: place.in_class, 14),
        Column(_("Klassen"), lambda place: BETWEEN.join(place.marks), 28),
        Column(_("Punkte"), lambda place: Decimal(place.score) / 4, 10),
    ]
    names = [degree.name for degree in pack.places[0].degrees] if pack.places else []
    for index, name in enumerate(names):
        columns.append(Column(_("{degree}: Stufe").format(degree=name), _degree(index, "level"), 16))
        columns.append(Column(_("{degree}: Beitrag").format(degree=name), _points_of(index), 16))
    columns += [
        Column(_("Warum hier"), lambda place: BETWEEN.join(place.why), 60),
        Column(_("bester Platz"), lambda place: place.best, 12),
        Column(_("schlechtester Platz"), lambda place: place.worst, 12),
        Column(_("Wie sicher"), lambda place: BETWEEN.join(place.safety), 60),
    ]
    dimensions = [level.name for level in pack.places[0].levels] if pack.places else []
    for index, name in enumerate(dimensions):
        columns.append(Column(_("{dimension}: Begründung").format(dimension=name), _reason(index), 50))
    columns += [
        Column(_("Handlungsfeld"), lambda place: place.field_name, 28),
        Column(_("Federführende Stelle"), lambda place: place.unit, 32),
        Column(_("Beispiel"), lambda place: place.is_example, 10),
    ]
    return Table(_("Rangliste"), columns, pack.places)


def _degree(index: int, name: str) -> Callable[[Place], object]:
    return lambda place: getattr(place.degrees[index], name)


def _points_of(index: int) -> Callable[[Place], object]:
    return lambda place: Decimal(place.degrees[index].points) / 4


def _reason(index: int) -> Callable[[Place], object]:
    return lambda place: place.levels[index].reason


def _profiles(pack: Pack) -> Table:
    """One row per said thing about a project, so that nobody needs a row as high as a page."""
    rows: list[tuple[Profile, Named]] = []
    for profile in pack.profiles:
        said = [Named(_("Kurztext"), profile.short_text), *profile.texts, *profile.facts, *profile.reasons]
        rows += [(profile, named) for named in said if named.text]
        rows += [
            (profile, Named(_("{name}: Stufe {level}").format(name=level.name, level=level.level), level.reason))
            for level in profile.levels
        ]
    columns = [
        Column(_("TOP"), lambda row: row[0].number, 8),
        Column(_("Titel"), lambda row: row[0].title, 48),
        Column(_("Poolnummer"), lambda row: row[0].pool_number, 12),
        Column(_("Angabe"), lambda row: row[1].label, 32),
        Column(_("Text"), lambda row: row[1].text, 80),
        Column(_("Beispiel"), lambda row: row[0].is_example, 10),
    ]
    return Table(_("Steckbriefe"), columns, rows)


def _section(section: Section) -> Table:
    def cell(index: int) -> Callable[[tuple[str | int, ...]], object]:
        return lambda row: row[index]

    columns = [Column(head, cell(index), 28) for index, head in enumerate(section.heads)]
    return Table(section.title, columns or [Column(section.title, cell(0), 80)], section.rows)
