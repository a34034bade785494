"""The search against ideas that people told twice, in words of their own (pairs.yaml, written before the search)."""

from pathlib import Path

import pytest
import yaml

from pool.exchange.files import read
from pool.project.models import Project
from pool.similarity.actions import index_text, install_synonyms
from pool.similarity.queries import similar_to
from tests.factories import edition_2022, employed_in, project_at, unit, user_with

GIVEN = yaml.safe_load(Path(__file__).with_name("pairs.yaml").read_text(encoding="utf-8"))
PAIRS = {pair["known"][0]: pair for pair in GIVEN["pairs"]}


@pytest.fixture(scope="module")
def pool(module_db: None) -> dict[str, Project]:
    """A pool of the forty ideas, the real projects and the examples, by title."""
    edition_2022()
    install_synonyms(groups=read("synonyms.yaml")["groups"])
    known = [tuple(pair["known"]) for pair in GIVEN["pairs"]]
    known += [(each["title"], each.get("short_text", "")) for each in read("projects_real.yaml")["projects"]]
    known += [(each["title"], each["short_text"]) for each in examples()]
    author = user_with(employed_in(unit("amt-61")))
    projects = {
        title: project_at("pooled", title=title, short_text=short_text, submitter=author) for title, short_text in known
    }
    for project in projects.values():
        index_text(project=project, number=1)
    return projects


def examples() -> list[dict[str, str]]:
    return [each for part in ("bz", "dv", "ii", "mu", "wi") for each in read(f"projects_examples/{part}.yaml")]


def test_there_are_forty_pairs_ten_of_them_in_other_words_and_fifteen_strangers() -> None:
    assert len(PAIRS) == len(GIVEN["pairs"]) == 40
    assert sum(pair.get("other_words", False) for pair in GIVEN["pairs"]) == 10
    assert len(GIVEN["strangers"]) == 15


@pytest.mark.parametrize("title", PAIRS)
def test_the_twin_is_among_the_first_three(title: str, pool: dict[str, Project], db: None) -> None:
    found = [similar.project for similar in similar_to(*PAIRS[title]["told_again"])]
    assert pool[title] in found, [project.title for project in found]
    assert len(found) <= 3


@pytest.mark.parametrize("stranger", GIVEN["strangers"], ids=lambda stranger: stranger[0])
def test_nothing_is_claimed_for_a_stranger(stranger: list[str], pool: dict[str, Project], db: None) -> None:
    assert [similar.project.title for similar in similar_to(*stranger)] == []
