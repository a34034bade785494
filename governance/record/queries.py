"""Reading the record: checking its chains."""

from collections.abc import Iterator
from itertools import groupby

from django.apps import apps
from django.db.models import Count, Model

from governance.record.models import Chained, Entry, ReasonedRow
from governance.record.rules import ChainBreak, first_break


def chain_breaks() -> Iterator[ChainBreak]:
    """Yield the first break of every chain that does not hold."""
    entries = Entry.objects.order_by("chain", "number").iterator(chunk_size=2000)
    for chain, rows in groupby(entries, key=lambda entry: entry.chain):
        found = first_break(chain, ((row.values(), row.previous_hash, row.hash) for row in rows))
        if found:
            yield found


def lost_ends() -> Iterator[ChainBreak]:
    """Yield the chains that do not hold as many entries as their aggregate counts acts.

    A chain cannot tell by itself that its last entries are gone, or that it is gone whole.
    """
    counted = dict(Entry.objects.order_by().values_list("chain").annotate(Count("pk")))
    for model in apps.get_models():
        if not issubclass(model, Chained):
            continue
        for key, version in model._default_manager.order_by("pk").values_list("pk", "version").iterator():
            chain = f"{model.chain_prefix}:{key}"
            acts, entries = version - 1, counted.get(chain, 0)
            if acts != entries:
                yield ChainBreak(chain, entries, f"Die Kette endet hier, gezählt sind {acts} Handlungen")


def reason_findings() -> Iterator[tuple[Entry, str]]:
    """Yield (entry, finding) for each reason that is not as recorded: "entfernt", "fehlt" or "geändert"."""
    models_by_table = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, ReasonedRow)}
    for table, model in sorted(models_by_table.items()):
        entries = Entry.objects.filter(reason_table=table).order_by("chain", "number")
        for batch in _batches(entries.iterator(chunk_size=500)):
            rows = model._default_manager.in_bulk([_key(model, entry.reason_id) for entry in batch])
            for entry in batch:
                row = rows.get(_key(model, entry.reason_id))
                if row is None:
                    yield entry, "fehlt"
                elif row.reason_removed_at:
                    yield entry, "entfernt"
                elif row.reason_digest() != entry.reason_hash:
                    yield entry, "geändert"


def _key(model: type[Model], text: str) -> object:
    return model._meta.pk.to_python(text)


def _batches(entries: Iterator[Entry], size: int = 500) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
