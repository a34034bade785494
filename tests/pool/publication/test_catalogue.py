"""The catalogue for data portals keeps to the rules of DCAT-AP.de 3.0, told here in our own words.

The official shapes belong to others and are not part of this repository; `scripts/check-catalogue` holds the catalogue
against them where somebody has them (docs/decisions/0076-open-data.md). What they taught stands here, so that the suite
notices without them.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from pool.publication.actions import take_back

pytestmark = pytest.mark.django_db
CATALOGUE = "/offene-daten/katalog.jsonld"
CONTRIBUTOR = "http://dcat-ap.de/def/contributors/openGovernmentDataPortalRheinlandPfalz"
EU = "http://publications.europa.eu/resource/authority/"

# What 3.0 demands, what it recommends and this catalogue therefore keeps.
NEEDED = {
    "dcat:Catalog": (
        "dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:dataset", "dcat:service", "dcterms:license",
        "dcterms:issued", "dcterms:modified", "dcterms:language", "foaf:homepage", "dcat:themeTaxonomy",
        "dcatap:availability", "dcterms:spatial",
    ),
    "dcat:Dataset": (
        "dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:theme", "dcat:keyword", "dcat:distribution",
        "dcat:contactPoint", "dcat:landingPage", "dcterms:identifier", "dcterms:issued", "dcterms:modified",
        "dcterms:temporal", "dcterms:spatial", "dcterms:language", "dcterms:accrualPeriodicity", "dcterms:accessRights",
        "dcatap:availability", "dcatde:politicalGeocodingLevelURI",
    ),
    "dcat:Distribution": (
        "dcat:accessURL", "dcat:downloadURL", "dcterms:license", "dcatde:licenseAttributionByText", "dcterms:title",
        "dcterms:format", "dcat:mediaType", "dcterms:modified", "dcatap:availability", "dcat:accessService",
    ),
    "dcat:DataService": (
        "dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:endpointURL", "dcat:endpointDescription",
        "dcat:servesDataset", "dcterms:license", "dcatap:availability", "dcat:contactPoint",
    ),
    "foaf:Agent": ("foaf:name", "dcterms:type"),
    "vcard:Kind": ("vcard:fn", "vcard:hasURL"),
    "dcterms:PeriodOfTime": ("dcat:startDate", "dcat:endDate"),
    "dcterms:Location": (),
}  # fmt: skip
SEVERAL = {"dcat:theme", "dcat:keyword", "dcat:distribution", "dcat:dataset", "dcat:service"}
# What has to be described in the same file, as what.
DESCRIBED = {
    "dcterms:publisher": "foaf:Agent",
    "dcterms:temporal": "dcterms:PeriodOfTime",
    "dcterms:spatial": "dcterms:Location",
    "dcat:contactPoint": "vcard:Kind",
    "dcat:dataset": "dcat:Dataset",
    "dcat:distribution": "dcat:Distribution",
    "dcat:service": "dcat:DataService",
    "dcat:accessService": "dcat:DataService",
    "dcat:servesDataset": "dcat:Dataset",
}
# The values that the catalogue takes from lists of others; a new one is looked up in its list before it is added here.
LISTED = {
    "dcterms:language": {f"{EU}language/DEU"},
    "dcterms:accrualPeriodicity": {f"{EU}frequency/CONT"},
    "dcterms:accessRights": {f"{EU}access-right/PUBLIC"},
    "dcterms:format": {f"{EU}file-type/JSON", f"{EU}file-type/CSV"},
    "dcterms:license": {"http://dcat-ap.de/def/licenses/dl-by-de/2.0"},
    "dcterms:type": {"http://purl.org/adms/publishertype/LocalAuthority"},
    "dcat:theme": {f"{EU}data-theme/GOVE", f"{EU}data-theme/TECH"},
    "dcat:themeTaxonomy": {f"{EU}data-theme"},
    "dcatap:availability": {f"{EU}planned-availability/STABLE"},
    "dcatde:politicalGeocodingLevelURI": {"http://dcat-ap.de/def/politicalGeocoding/Level/municipality"},
    "dcatde:contributorID": {CONTRIBUTOR},
}
ADDRESSES = {*DESCRIBED, *LISTED} | {
    "foaf:homepage", "dcat:landingPage", "dcat:accessURL", "dcat:downloadURL", "dcat:endpointURL",
    "dcat:endpointDescription", "dcat:mediaType", "vcard:hasURL",
}  # fmt: skip
DAYS = {"dcterms:issued", "dcterms:modified", "dcat:startDate", "dcat:endDate"}
NO_LONGER_USED = {
    "dcatde:politicalGeocodingURI", "dcatde:geocodingDescription", "dcatde:legalBasis", "dcatde:qualityProcessURI",
    "dcatde:originator", "dcatde:maintainer", "dcterms:hasVersion", "dcterms:isVersionOf", "owl:versionInfo",
}  # fmt: skip


def nodes_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every described node, also those that stand inside another one."""
    found = []
    waiting = [*content["@graph"]]
    while waiting:
        node = waiting.pop()
        if "@type" in node and "@value" not in node:
            found.append(node)
            waiting += [each for value in node.values() for each in many(value) if isinstance(each, dict)]
    return found


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def broken_rules(content: dict[str, Any]) -> Iterator[str]:
    """Yield in words each rule that a catalogue does not keep."""
    nodes = nodes_of(content)
    kinds_of: dict[str, set[str]] = {}
    for node in nodes:
        kinds_of.setdefault(node.get("@id", ""), set()).update(many(node["@type"]))
    seen = {kind for node in nodes for kind in many(node["@type"])}
    yield from (f"there is no {kind}" for kind in set(NEEDED) - seen)
    for node in nodes:
        where = node.get("@id", node["@type"])
        for kind in many(node["@type"]):
            yield from (f"{where}: {name} is missing" for name in NEEDED.get(kind, ()) if not node.get(name))
        for name, value in node.items():
            if not name.startswith("@"):
                yield from (f"{where}: {name} {says}" for says in _broken_by(name, many(value), kinds_of))


def _broken_by(name: str, values: list[Any], kinds_of: dict[str, set[str]]) -> Iterator[str]:
    if name in NO_LONGER_USED:
        yield "is no longer used in 3.0"
    if len(values) > 1 and name not in SEVERAL:
        yield "stands there more than once"
    for each in values:
        target = each.get("@id", "") if isinstance(each, dict) else ""
        is_described_here = isinstance(each, dict) and "@type" in each and "@value" not in each
        if (name in ADDRESSES) != bool(target or is_described_here):
            yield f"is {each!r}, neither text nor address as it should be"
        if target and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", target):
            yield f"is no full address: {target}"
        if name in LISTED and target not in LISTED[name]:
            yield f"{target} is in no list"
        if name in DESCRIBED:
            kinds = set(many(each["@type"])) if is_described_here else kinds_of.get(target, set())
            if DESCRIBED[name] not in kinds:
                yield f"{target or each} is not described as {DESCRIBED[name]}"
        if name in DAYS:
            if each.get("@type") != "xsd:date":
                yield f"is no day: {each!r}"
            date.fromisoformat(each["@value"])


@pytest.fixture
def catalogue(client, settings):
    def read(contributor: str = "") -> dict[str, Any]:
        settings.OPEN_DATA_CONTRIBUTOR = contributor
        answer = client.get(CATALOGUE)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("application/ld+json")
        return answer.json()

    return read


@pytest.mark.parametrize("contributor", ["", CONTRIBUTOR])
@pytest.mark.parametrize("how_many", [0, 1, 2])
def test_dat_10_the_catalogue_keeps_to_dcat_ap_de(catalogue, released, how_many, contributor):
    for number in range(how_many):
        released(title=f"Bürgerbüro {number} öffnet")
    content = catalogue(contributor)
    assert [*broken_rules(content)] == []
    used = set(re.findall(r'"([a-z]+):[A-Za-z]+"', json.dumps(content["@graph"])))
    assert used <= set(content["@context"]) | {"https"}


def test_the_catalogue_stays_whole_when_the_last_project_is_taken_back(catalogue, cdo, released):
    take_back(project=released(), reason="Wir überarbeiten den Text.", by=cdo)
    assert [*broken_rules(catalogue())] == []


@pytest.mark.parametrize(
    ("kind", "name", "wrong", "says"),
    [
        ("dcat:Dataset", "dcterms:publisher", None, "dcterms:publisher is missing"),
        ("dcat:Dataset", "dcterms:publisher", {"@id": "https://www.mainz.de/"}, "not described as foaf:Agent"),
        ("dcat:Dataset", "dcat:theme", [{"@id": f"{EU}data-theme/GOVERNMENT"}], "is in no list"),
        ("dcat:Dataset", "dcterms:modified", {"@value": "2026-11-30"}, "is no day"),
        ("dcat:Dataset", "dcatde:politicalGeocodingURI", {"@id": "http://dcat-ap.de/def/x"}, "no longer used"),
        ("dcat:Distribution", "dcterms:license", "dl-de/by-2-0", "neither text nor address"),
        ("dcat:Distribution", "dcterms:format", [{"@id": f"{EU}file-type/CSV"}] * 2, "more than once"),
        ("vcard:Kind", "vcard:hasURL", {"@id": "/impressum/"}, "is no full address"),
    ],
)
def test_the_rules_notice_what_is_broken(catalogue, released, kind, name, wrong, says):
    released()
    content = catalogue(CONTRIBUTOR)
    for node in content["@graph"]:
        if kind in many(node["@type"]):
            node[name] = wrong
            if wrong is None:
                del node[name]
    assert any(says in broken for broken in broken_rules(content))


def test_what_the_catalogue_names_is_there(client, catalogue, released):
    released()
    content = catalogue()
    for node in nodes_of(content):
        for name in ("dcat:accessURL", "dcat:downloadURL", "dcat:endpointURL", "dcat:endpointDescription"):
            for address in (urlsplit(each["@id"]).path for each in many(node.get(name, [])) if each):
                assert client.get(address).status_code == 200, name
    for each in (node for node in nodes_of(content) if node["@type"] == "dcat:Distribution"):
        media_type = each["dcat:mediaType"]["@id"].partition("media-types/")[2]
        assert client.get(urlsplit(each["dcat:downloadURL"]["@id"]).path)["Content-Type"].startswith(media_type)


def test_nobody_is_named_who_is_not_in_the_list_of_govdata(client, catalogue, settings):
    assert "dcat-ap.de/def/contributors" not in json.dumps(catalogue())
    assert "noch nicht in der Liste der Datenbereitsteller" in client.get("/offene-daten/").content.decode()
    assert CONTRIBUTOR in json.dumps(catalogue(CONTRIBUTOR))
    assert "noch nicht in der Liste der Datenbereitsteller" not in client.get("/offene-daten/").content.decode()
