"""Dashboard = list = export = recomputation from the raw rows, for a thousand random pools; and it writes nothing.

The rows of two hundred pools stand in the database together, so that the lists are asked rarely; every pool is cut out
of them by the keys of its projects.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from django.http import QueryDict

from governance.record import clock
from pool.deadlines import ANSWER_PERIODS, after_working_days
from pool.lifecycle import Step
from pool.maturity.models import Rating
from pool.models import ClassMark, NeedLink, Project
from pool.steering.coverage import coverage_of
from pool.steering.forms import steered_filter
from pool.steering.queries import steered_rows
from pool.steering.rules import Clock, Cover, Direction, Figures, Late, Steered, Tally, figures_of
from tests import cast, factories

pytestmark = pytest.mark.django_db

ROUNDS, POOLS_IN_A_ROUND, PROJECTS_IN_A_POOL = 5, 200, 6
REASONS = {f"{name}_reason": "Grund" for name in factories.LEVELS}


def pool_of(dice: Random, number: int, fields: list, needs: list, actor: object) -> list[Project]:
    today = clock.today()
    made = []
    for place in range(PROJECTS_IN_A_POOL):
        step = dice.choice([each for each in Step if each not in (Step.DRAFT, Step.MERGED)])
        is_dated = dice.random() < 0.85
        project = Project(
            edition=fields[0].edition,
            title=f"Vorhaben {number}-{place}",
            short_text="Satz.",
            lead_unit=factories.unit(),
            lead_handlungsfeld=dice.choice(fields),
            step=step,
            step_since=today - timedelta(days=dice.randrange(0, 120)) if is_dated else None,
            step_since_precision="day" if is_dated else "unknown",
            look_again_on=today + timedelta(days=dice.randrange(-9, 9)) if step == Step.DEFERRED else None,
            remind_on=today + timedelta(days=dice.randrange(-9, 9)) if step == Step.RETURNED else None,
            pool_number=None
            if step in (Step.SUBMITTED, Step.RETURNED, Step.REJECTED)
            else 10_000 + number * PROJECTS_IN_A_POOL + place,
            created_by=actor,
            created_at=clock.now(),
        )
        made.append(project)
    return made


def rated(dice: Random, projects: Iterable[Project], actor: object) -> list[Rating]:
    return [
        Rating(
            project=project,
            number=1,
            rubric=factories.rubric_1(),
            by=actor,
            at=clock.now(),
            **{name: dice.randrange(5) for name in factories.LEVELS},
            **REASONS,
        )
        for project in projects
        if project.step in (Step.ASSESSED, Step.DEFERRED, Step.DECLINED) or dice.random() < 0.4
    ]


def marked(dice: Random, projects: Iterable[Project], actor: object) -> list[ClassMark]:
    today, marks = clock.today(), []
    for project in projects:
        for mark in ClassMark.Mark.values:
            if dice.random() < 0.6:
                continue
            start = today + timedelta(days=dice.randrange(-300, 40))
            days = {}
            if mark == "schnellboot":
                days = {
                    "start_on": start,
                    "visible_on": start + timedelta(days=dice.randrange(0, 300)),
                    "latest_visible_on": start + timedelta(days=360),
                }
            marks.append(
                ClassMark(
                    project=project,
                    mark=mark,
                    state=dice.choice(ClassMark.State.values),
                    reason="Grund",
                    by=actor,
                    at=clock.now(),
                    **days,
                )
            )
    return marks


class Raw:
    """The figures once more from the model's rows, written down as the procedure says them, with no code shared."""

    def __init__(self, projects: list[Project], *, counts_proposed: bool) -> None:
        self.today = clock.today()
        self.projects = projects
        self.states = ("proposed", "confirmed") if counts_proposed else ("confirmed",)
        keys = [project.pk for project in projects]
        self.levels = {row.project_id: row for row in Rating.objects.filter(project__in=keys, is_current=True)}
        self.marks = {(row.project_id, row.mark): row for row in ClassMark.objects.filter(project__in=keys)}
        self.needs = list(NeedLink.objects.filter(project__in=keys).values_list("project", "handlungsbedarf__code"))

    def serves(self, project: Project) -> bool:
        return project.step in ("pooled", "assessed", "deferred", "commissioned", "running", "completed")

    def bears(self, project: Project, mark: str) -> bool:
        row = self.marks.get((project.pk, mark))
        return self.serves(project) and row is not None and row.state in self.states

    def clock(self, project: Project) -> str:
        if not self.bears(project, "schnellboot"):
            return ""
        promised = self.marks[project.pk, "schnellboot"]
        if promised.visible_on is None:
            return ""
        shown = project.step_since if project.step_since_precision == "day" else None
        if project.step == "completed":
            return "gehalten" if (shown or self.today) <= promised.visible_on else "ueberschritten"
        if self.today > promised.visible_on:
            return "ueberschritten"
        return "vor-beginn" if promised.start_on > self.today else "laeuft"

    def late(self, project: Project) -> set[str]:
        found = set()
        period = ANSWER_PERIODS.get(Step(project.step))
        is_dated = project.step_since_precision == "day"
        if period and is_dated and after_working_days(project.step_since, period) < self.today:
            found.add("antwort")
        if project.remind_on and project.remind_on < self.today:
            found.add("ueberarbeitung")
        if project.look_again_on and project.look_again_on < self.today:
            found.add("wiedervorlage")
        if self.clock(project) == "ueberschritten" and project.step != "completed":
            found.add("schnellboot")
        return found

    def direction(self, project: Project) -> str:
        levels = self.levels.get(project.pk)
        if levels is None or not self.serves(project):
            return ""
        difference = levels.effect_inward - levels.effect_outward
        return "beides" if difference == 0 else "innen" if difference > 0 else "aussen"

    def keys(self, meaning: Callable[["Raw", Project], object]) -> set[UUID]:
        return {project.pk for project in self.projects if meaning(self, project)}


Question = tuple[str, Callable[[Raw, Project], object], Callable[[Figures], int]]
SINCE = timedelta(days=30)


def questions() -> list[Question]:
    """Every figure of the dashboard: the address of its list, what it means, and what the page shows."""
    found: list[Question] = [
        (f"schritt={step}", lambda raw, row, step=step: row.step == step, lambda shown, step=step: shown.by_step[step])
        for step in Step
        if step != Step.DRAFT
    ]
    found.append(("faellig=ja", lambda raw, row: raw.late(row), lambda shown: shown.late_projects))
    found += [
        (f"faellig={why}", lambda raw, row, why=why: why in raw.late(row), lambda shown, why=why: shown.late[why])
        for why in Late
    ]
    found += [
        ("klasse=leuchtturm", lambda raw, row: raw.bears(row, "leuchtturm"), lambda shown: shown.leuchttuerme),
        ("klasse=schnellboot", lambda raw, row: raw.bears(row, "schnellboot"), lambda shown: shown.schnellboote),
    ]
    found += [
        (f"versprechen={at}", lambda raw, row, at=at: raw.clock(row) == at, lambda shown, at=at: shown.clocks[at])
        for at in Clock
    ]
    found += [
        (
            f"wirkung={way}",
            lambda raw, row, way=way: raw.direction(row) == way,
            lambda shown, way=way: shown.directions[way],
        )
        for way in Direction
    ]
    found += [
        (
            f"innen={inward}&aussen={outward}",
            lambda raw, row, inward=inward, outward=outward: (
                raw.direction(row)
                and (raw.levels[row.pk].effect_inward, raw.levels[row.pk].effect_outward) == (inward, outward)
            ),
            lambda shown, inward=inward, outward=outward: shown.cells[inward, outward],
        )
        for inward in range(5)
        for outward in range(5)
    ]
    since = clock.today() - SINCE
    found += [
        (
            f"schritt={step}&seit={since.isoformat()}",
            lambda raw, row, step=step: (
                row.step == step and row.step_since_precision == "day" and row.step_since > since
            ),
            lambda shown, step=step: shown.changed[step],
        )
        for step in (Step.POOLED, Step.ASSESSED, Step.RUNNING)
    ]
    return found


def listed(user: object, query: str) -> set[UUID]:
    chosen = steered_filter(QueryDict(query), user)
    assert chosen.is_valid(), (query, chosen.errors)
    return set(chosen.qs.values_list("pk", flat=True))


def cut(rows: Iterable[Steered], keys: set[UUID]) -> list[Steered]:
    return [row for row in rows if row.pk in keys]


def test_every_figure_is_its_list_is_its_recomputation_for_a_thousand_random_pools() -> None:
    factories.rule_1()
    people = cast.assemble()
    fields = [factories.handlungsfeld(code) for code in ("DV", "BZ", "WI")]
    needs = [factories.handlungsbedarf(field, number) for field in fields for number in (1, 2)]
    actor = people.submitter.actor_person.actor
    asked = questions()
    pools = 0
    for round_ in range(ROUNDS):
        dice = Random(f"Gutenberg {round_}")  # noqa: S311 (no secret is drawn)
        worlds = [pool_of(dice, number, fields, needs, actor) for number in range(POOLS_IN_A_ROUND)]
        everything = [project for world in worlds for project in world]
        Project.objects.bulk_create(everything)
        Rating.objects.bulk_create(rated(dice, everything, actor))
        ClassMark.objects.bulk_create(marked(dice, everything, actor))
        NeedLink.objects.bulk_create(
            NeedLink(project=project, handlungsbedarf=need)
            for project in everything
            for need in dice.sample(needs, dice.randrange(3))
        )
        for user in (people.cdo, people.beirat) if round_ == 0 else (people.cdo,):
            rows = steered_rows(user)
            visible = {row.pk for row in rows}
            raw = Raw([row for row in everything if row.pk in visible], counts_proposed=user is people.cdo)
            lists = {query: listed(user, query) for query, _meaning, _shown in asked}
            for query, meaning, _shown in asked:
                assert lists[query] == raw.keys(meaning), (round_, query)
            for world in worlds:
                keys = {project.pk for project in world}
                shown = figures_of(cut(rows, keys), today=clock.today(), last_sitting=clock.today() - SINCE)
                for query, _meaning, figure in asked:
                    assert figure(shown) == len(lists[query] & keys), (round_, query)
                pools += user is people.cdo
        Project.objects.all().delete()
    assert pools == 1000


def test_coverage_is_its_lists_is_its_recomputation() -> None:
    factories.rule_1()
    people = cast.assemble()
    fields = [factories.handlungsfeld(code) for code in ("DV", "BZ")]
    needs = [factories.handlungsbedarf(field, number) for field in fields for number in (1, 2, 3)]
    actor, dice = people.submitter.actor_person.actor, Random("Fust")  # noqa: S311 (no secret is drawn)
    projects = [row for number in range(8) for row in pool_of(dice, number, fields, needs, actor)]
    Project.objects.bulk_create(projects)
    NeedLink.objects.bulk_create(
        NeedLink(project=project, handlungsbedarf=need)
        for project in projects
        for need in dice.sample(needs[:-1], dice.randrange(3))
    )
    found = coverage_of(steered_rows(people.cdo))
    raw = Raw(projects, counts_proposed=True)
    serving = {project.pk: project.step for project in projects if raw.serves(project)}
    for need in found.needs.needs:
        mine = Counter(serving[key] for key, code in raw.needs if code == need.code and key in serving)
        assert Counter({step: count for step, count in need.tally.by_step.items() if count}) == mine
        for step, count in mine.items():
            assert len(listed(people.cdo, f"bedarf={need.code}&schritt={step}")) == count
    assert found.needs.needs[-1].cover == Cover.NONE
    for goal in found.goals:
        steps = "".join(f"&schritt={step}" for step in set(serving.values()))
        assert len(listed(people.cdo, f"ziel={goal.part.code}{steps}")) == goal.tally.total
    lines = {line.key: line for line in found.balance}
    assert lines["keine"].total == len(listed(people.cdo, "klasse=keine"))
    assert lines["keine"].unrated == len(listed(people.cdo, "klasse=keine&wirkung=ohne"))


@pytest.mark.parametrize(
    ("steps", "cover"),
    [
        ([], Cover.NONE),
        (["submitted", "rejected", "stopped", "withdrawn"], Cover.NONE),
        (["pooled"], Cover.IDEAS),
        (["deferred", "assessed"], Cover.IDEAS),
        (["running"], Cover.SINGLE),
        (["completed", "pooled", "pooled"], Cover.SINGLE),
        (["commissioned", "completed"], Cover.SERVED),
    ],
)
def test_how_a_handlungsbedarf_is_served(steps: list[str], cover: Cover) -> None:
    assert Tally(Counter(steps)).cover == cover


def test_times_are_told_from_five_cases_up() -> None:
    today = date(2026, 11, 25)

    def waiting(count: int) -> Figures:
        rows = [Steered(pk=UUID(int=n), step="pooled", since=today - timedelta(days=n * 10)) for n in range(count)]
        return figures_of(rows, today=today, last_sitting=None)

    assert waiting(4).ages["pooled"].days is None
    assert waiting(5).ages["pooled"].days == 20


def test_a_schnellboot_is_late_the_day_after_its_promise() -> None:
    promised = date(2026, 11, 25)
    boat = Steered(pk=UUID(int=1), step="running", is_schnellboot=True, start_on=date(2026, 1, 1), visible_on=promised)
    on_the_day = figures_of([boat], today=promised, last_sitting=None)
    after = figures_of([boat], today=promised + timedelta(days=3), last_sitting=None)
    assert on_the_day.clocks == {Clock.TICKING: 1}
    assert on_the_day.late_projects == 0
    assert after.clocks == {Clock.BROKEN: 1}
    assert after.tracks[0].over == 3
    assert after.late == {Late.PROMISE: 1}
