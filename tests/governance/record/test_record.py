"""DAT-01: the record is append-only and chained; a flipped byte, a missing row and a changed reason are found."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from governance.organisation.models import User
from governance.record import clock
from governance.record.actions import system_actor, write_entry
from governance.record.models import Actor, Entry
from governance.record.queries import chain_breaks, lost_ends, reason_findings
from governance.record.rules import FIRST_HASH, EntryValues, entry_hash, first_break, reason_digest
from pool.decision.models import FrozenForm, Sitting
from pool.project.actions import correct_slip
from pool.project.models import TextVersion
from tests.conftest import append_only_triggers_dropped
from tests.factories import body, edition_2022, employed_in, mandate, project_at, unit, user_with


def entry(chain: str = "project:1", *, is_example: bool = False, **values: object) -> Entry:
    facts = {"act": "admit", "object_type": "project", "object_id": 1, "by": system_actor()}
    return write_entry(chain=chain, is_example=is_example, **(facts | values))


def change(sql: str, *parameters: object, table: str = "governance_entry") -> None:
    """Change rows behind the triggers' back, as somebody with the database in hand could."""
    with append_only_triggers_dropped(), connection.cursor() as cursor:
        cursor.execute(sql.format(table=table), parameters)


# --- Chains -------------------------------------------------------------------------------------------------------


def test_an_entry_is_bound_to_the_one_before_it_in_its_chain(db):
    first, second, other = entry(), entry(), entry("project:2")
    assert (first.number, second.number, other.number) == (1, 2, 1)
    assert (first.previous_hash, second.previous_hash, other.previous_hash) == (FIRST_HASH, first.hash, FIRST_HASH)
    assert list(chain_breaks()) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("act", "decline"),
        ("object_type", "sitting"),
        ("object_id", "2"),
        ("from_state", "submitted"),
        ("to_state", "rejected"),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("reason_table", "pool_rating"),
        ("reason_id", "9"),
        ("reason_hash", "0" * 64),
        ("previous_hash", "f" * 64),
        ("hash", "f" * 64),
    ],
)
def test_a_flipped_byte_is_found_in_every_column(column, value, db):
    entry(), entry()
    victim = entry()
    entry()
    change(f'UPDATE {{table}} SET "{column}" = %s WHERE id = %s', value, victim.pk)
    assert [(found.chain, found.number) for found in chain_breaks()] == [("project:1", 3)]


@pytest.mark.parametrize("column", ["actor_id", "in_place_of_id"])
def test_another_actor_is_found(column, db):
    entry()
    stranger = Actor.objects.create()
    with append_only_triggers_dropped():
        Entry.objects.filter(number=1).update(**{column: stranger.pk})
    assert [found.number for found in chain_breaks()] == [1]


def test_an_entry_that_became_an_example_is_found(db):
    entry()
    with append_only_triggers_dropped():
        Entry.objects.update(is_example=True)
    assert [found.number for found in chain_breaks()] == [1]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_row_is_found(number, db):
    for _ in range(4):
        entry()
    change("DELETE FROM {table} WHERE number = %s", number)
    (found,) = chain_breaks()
    assert (found.number, found.problem) == (number, f"Eintrag {number} fehlt")


def test_only_the_broken_chain_is_named(db):
    entry("project:1"), entry("project:2"), entry("project:3")
    change("UPDATE {table} SET act = 'merge' WHERE chain = 'project:2'")
    assert [found.chain for found in chain_breaks()] == ["project:2"]


def test_two_entries_with_one_number_cannot_be(db):
    first = entry()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.create(
            chain=first.chain,
            number=1,
            act="x",
            object_type="x",
            object_id="1",
            actor=first.actor,
            at=clock.now(),
            is_example=False,
            previous_hash="a" * 64,
            hash="b" * 64,
        )


ONLY_SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="Only SQLite knows REPLACE")


@ONLY_SQLITE
@pytest.mark.parametrize("is_example", [False, True])
def test_replacing_an_entry_asks_the_triggers_too(is_example, db):
    first = entry(is_example=is_example)
    columns = ", ".join(field.column for field in Entry._meta.concrete_fields if field.column not in ("id", "act"))
    sql = f"INSERT OR REPLACE INTO governance_entry (act, {columns}) SELECT 'x', {columns} FROM governance_entry"
    with connection.cursor() as cursor:
        if is_example:
            cursor.execute(sql)
        else:
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql)
    assert Entry.objects.get().act == ("x" if is_example else first.act)


@pytest.fixture
def as_another_program(db) -> Iterator[None]:
    """Let the connection behave as one of the sqlite3 shell does: a REPLACE asks no trigger of deletion."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        yield
        cursor.execute("PRAGMA recursive_triggers=ON")


@ONLY_SQLITE
@pytest.mark.parametrize("table", ["governance_entry", "pool_frozenform"])
@pytest.mark.parametrize("is_same_id", [False, True])
def test_another_program_pushes_no_row_out(is_same_id, table, as_another_program):
    row = MADE_BY[table](is_example=False)
    columns = [field.column for field in row._meta.concrete_fields if field.column != "hash"]
    named = ", ".join(column for column in columns if is_same_id or column != "id")
    sql = f"INSERT OR REPLACE INTO {table} (hash, {named}) SELECT 'b', {named} FROM {table}"
    assert "nie geändert oder gelöscht" in try_sql(sql)
    assert type(row).objects.get().hash == row.hash


@ONLY_SQLITE
@pytest.mark.parametrize(
    "key", ["id = {id}", "chain = '{chain}', number = {number}", "chain = '{chain}', previous_hash = '{previous_hash}'"]
)
def test_an_example_moved_onto_an_entry_pushes_it_out_no_more(key, as_another_program):
    real, example = entry("project:1"), entry("project:2", is_example=True)
    values = {name: getattr(real, name) for name in ("id", "chain", "number", "previous_hash")}
    sql = f"UPDATE OR REPLACE governance_entry SET {key.format(**values)} WHERE id = {example.pk}"
    assert "nie geändert oder gelöscht" in try_sql(sql)
    assert Entry.objects.filter(pk=real.pk, hash=real.hash).exists()


@pytest.mark.parametrize("app", ["governance", "pool"])
def test_no_migration_leads_back_behind_the_triggers(app, db):
    loader = MigrationLoader(connection)
    [first] = loader.graph.root_nodes(app)
    assert not loader.graph.nodes[first].operations[-1].reversible
    older = loader.disk_migrations[app, "0002_record_triggers"]
    assert [operation.reversible for operation in older.operations] == [False]


CODES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VALUES = st.builds(
    EntryValues,
    chain=st.just("project:1"),
    number=st.integers(1, 10**6),
    act=CODES,
    object_type=CODES,
    object_id=CODES,
    from_state=CODES,
    to_state=CODES,
    actor=CODES,
    in_place_of=CODES,
    at=CODES,
    reason_table=CODES,
    reason_id=CODES,
    reason_hash=CODES,
    is_example=st.booleans(),
)


@given(VALUES, VALUES)
def test_two_different_entries_never_share_a_hash(one, other):
    assert (entry_hash(one, FIRST_HASH) == entry_hash(other, FIRST_HASH)) is (one == other)


@given(st.lists(VALUES, min_size=2, max_size=6), st.data())
def test_every_removed_row_but_the_last_breaks_the_chain(rows, data):
    chained, previous = [], FIRST_HASH
    for number, row in enumerate(rows, start=1):
        values = EntryValues(**{**{name: getattr(row, name) for name in row.__slots__}, "number": number})
        chained.append((values, previous, entry_hash(values, previous)))
        previous = chained[-1][2]
    assert first_break("project:1", chained) is None
    gone = data.draw(st.integers(0, len(chained) - 2))
    found = first_break("project:1", chained[:gone] + chained[gone + 1 :])
    assert found is not None
    assert found.number == gone + 1


# --- Reasons ------------------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(db) -> TextVersion:
    """A row with a reason that the record stands for."""
    cdo = user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"))
    project = project_at("pooled")
    return correct_slip(project=project, field="title", new_text="Neuer Titel", reason="Tippfehler", by=cdo)


def test_a_reason_as_recorded_gives_no_finding(corrected):
    assert list(reason_findings()) == []
    assert Entry.objects.get().reason_hash == reason_digest(salt=corrected.reason_salt, text="Tippfehler")


def test_the_entry_holds_no_word_of_the_reason(corrected):
    stated = " ".join(str(value) for value in Entry.objects.values().get().values())
    assert "Tippfehler" not in stated
    assert "Neuer Titel" not in stated


def test_the_same_reason_twice_has_two_hashes():
    assert reason_digest(salt="a", text="ja") != reason_digest(salt="b", text="ja")


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"reason": "Tippfehler."}, "geändert"),
        ({"reason": ""}, "geändert"),
        ({"reason_salt": "0" * 32}, "geändert"),
        ({"reason": "", "reason_removed_at": timezone.now()}, "entfernt"),
    ],
)
def test_a_reason_that_is_not_as_recorded_is_named(changes, finding, corrected):
    TextVersion.objects.filter(pk=corrected.pk, kind="corrected").update(**({"kind": "submitted"} | changes))
    assert [named for _entry, named in reason_findings()] == [finding]


def test_a_row_that_is_gone_is_named(corrected):
    corrected.delete()
    assert [named for _entry, named in reason_findings()] == ["fehlt"]


# --- The command --------------------------------------------------------------------------------------------------


def verified() -> str:
    out = StringIO()
    call_command("verify_record", stdout=out)
    return out.getvalue()


def test_the_command_says_how_much_it_has_checked(corrected):
    entry("sitting:1")
    assert "2 Einträge in 2 Ketten" in verified()


def test_a_blacked_out_reason_is_reported_and_breaks_nothing(corrected):
    TextVersion.objects.filter(pk=corrected.pk).update(reason="", reason_removed_at=timezone.now())
    said = verified()
    assert "Begründung entfernt" in said
    assert "Das Protokoll stimmt" in said


@pytest.mark.parametrize(
    "damage", ["UPDATE {table} SET to_state = 'x' WHERE number = 1", "DELETE FROM {table} WHERE number = 1"]
)
def test_the_command_fails_on_a_broken_chain(damage, db):
    entry(), entry()
    change(damage)
    with pytest.raises(CommandError, match="1 Abweichungen in"):
        verified()


@pytest.mark.parametrize("removed", ["number = 2", "number > 0"])
def test_the_command_notices_that_the_end_of_a_chain_is_gone(removed, corrected):
    """The rest of the chain still holds; only the project knows how many acts there were."""
    correct_slip(project=corrected.project, field="title", new_text="Noch neuer", reason="Wieder", by=cdo_of(corrected))
    assert "Das Protokoll stimmt" in verified()
    change(f"DELETE FROM {{table}} WHERE {removed}")
    assert list(chain_breaks()) == []
    assert [found.chain for found in lost_ends()] == [f"project:{corrected.project_id}"]
    with pytest.raises(CommandError):
        verified()


def cdo_of(correction: TextVersion) -> User:
    return correction.by.person.user


def test_the_command_fails_on_a_changed_reason(corrected):
    TextVersion.objects.filter(pk=corrected.pk).update(reason="Anders")
    with pytest.raises(CommandError):
        verified()


# --- Triggers -----------------------------------------------------------------------------------------------------


def frozen_form(*, is_example: bool) -> FrozenForm:
    actor = system_actor()
    sitting = Sitting.objects.create(
        body=body(), day=clock.today(), chair=actor, opened_by=actor, opened_at=clock.now(), is_example=is_example
    )
    return FrozenForm.objects.create(
        sitting=sitting,
        edition=edition_2022(),
        content="{}",
        previous_hash=FIRST_HASH,
        hash="a" * 64,
        is_example=is_example,
    )


MADE_BY = {"governance_entry": entry, "pool_frozenform": frozen_form}
TABLES = pytest.mark.parametrize("table", sorted(MADE_BY))


def try_sql(sql: str) -> str:
    """Run SQL in a savepoint; return the database's refusal, or an empty text."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as refusal:
        return str(refusal)
    return ""


@TABLES
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {table} SET hash = 'b'",
        "UPDATE {table} SET id = id + 1000",
        "UPDATE {table} SET is_example = true",
        "DELETE FROM {table}",
    ],
)
def test_the_database_refuses_change_and_deletion(table, sql, db):
    row = MADE_BY[table](is_example=False)
    assert "nie geändert oder gelöscht" in try_sql(sql.format(table=table))
    assert type(row).objects.filter(pk=row.pk, hash=row.hash, is_example=False).exists()


@TABLES
def test_an_example_never_becomes_real(table, db):
    MADE_BY[table](is_example=True)
    assert "nie geändert oder gelöscht" in try_sql(f"UPDATE {table} SET is_example = false")


@TABLES
def test_examples_can_be_removed_with_the_examples(table, db):
    row = MADE_BY[table](is_example=True)
    assert try_sql(f"DELETE FROM {table} WHERE is_example") == ""
    assert not type(row).objects.filter(pk=row.pk).exists()


@TABLES
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE")
def test_truncate_is_refused_too(table, db):
    MADE_BY[table](is_example=False)
    settled = "SET CONSTRAINTS ALL IMMEDIATE; "  # PostgreSQL truncates no table with checks still waiting
    assert "nie geändert oder gelöscht" in try_sql(f"{settled}TRUNCATE {table} CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_flushed_table_has_its_triggers_again():
    """The one fixture that takes them away for flushing puts them back; see the next test."""
    entry()


def test_after_a_flush_the_triggers_stand(db):
    assert not Entry.objects.exists()
    entry()
    assert try_sql("DELETE FROM governance_entry")
