"""What describes the open data to machines: DCAT-AP.de 3.0 for catalogues, OpenAPI 3.1 for programs. Values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from pool.publication.open_fields import FIELDS, schema_of

Address = Callable[[str], str]
PUBLISHER = "Landeshauptstadt Mainz"
OFFICE = "Landeshauptstadt Mainz, Hauptamt, Stabsstelle mainzDIGITAL"
LICENCE_NAME = "Datenlizenz Deutschland – Namensnennung – Version 2.0"
LICENCE_SHORT = "dl-de/by-2-0"
LICENCE_ADDRESS = "https://www.govdata.de/dl-de/by-2-0"
LICENCE_URI = "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
GEOCODING = "http://dcat-ap.de/def/politicalGeocoding/"
REGIONAL_KEY = "073150000000"  # Landeshauptstadt Mainz in the official register of municipalities
PLACE = f"{GEOCODING}regionalKey/{REGIONAL_KEY}"
# The joint work began in 2018; the oldest projects are from then.
FIRST_DAY = date(2018, 1, 1)
KEYWORDS = ("Digitalisierung", "Digitalisierungsstrategie", "Smart City", "Projekte", "Verwaltung", "Mainz")
CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

HOME = "/offene-daten/"
JSON_PATH, CSV_PATH = f"{HOME}projekte.json", f"{HOME}projekte.csv"
CATALOGUE_PATH, OPENAPI_PATH = f"{HOME}katalog.jsonld", f"{HOME}openapi.json"
PROJECT_PATH = f"{HOME}projekte/{{kennung}}.json"


def attribution() -> str:
    """Return the words with which whoever uses the data names their origin."""
    return f"{PUBLISHER}, mainzDIGITAL, {LICENCE_SHORT}"


# --- DCAT-AP.de ---------------------------------------------------------------------------------------------------


def catalogue(*, address: Address, first_day: date | None, last_day: date, contributor: str) -> dict[str, Any]:
    """Return the catalogue as JSON-LD: one catalogue, one data set, a distribution per format, the API.

    `first_day` is the day of the first release, `last_day` the day of the last change, `contributor` an entry of the
    list of those who deliver to GovData; empty, the catalogue names none.
    """
    data_set = _data_set(address, first_day or last_day, last_day, contributor)
    return {
        "@context": CONTEXT,
        "@graph": [_catalogue(address, first_day or last_day, last_day), data_set, *_distributions(address, last_day),
                   _service(address), _publisher(address), _contact(address), _place()],
    }  # fmt: skip


def _catalogue(address: Address, first_day: date, last_day: date) -> dict[str, Any]:
    return {
        "@id": address(f"{CATALOGUE_PATH}#katalog"),
        "@type": "dcat:Catalog",
        "dcterms:title": _german(_("Offene Daten von mainzDIGITAL")),
        "dcterms:description": _german(_("Was die Stadt Mainz zu ihren Digitalprojekten als Daten anbietet.")),
        "dcterms:publisher": _link(address(f"{CATALOGUE_PATH}#stadt")),
        "dcterms:language": _link(f"{AUTHORITY}language/DEU"),
        "dcterms:license": _link(LICENCE_URI),
        "dcterms:issued": _day(first_day),
        "dcterms:modified": _day(last_day),
        "foaf:homepage": _link(address(HOME)),
        "dcat:themeTaxonomy": _link(f"{AUTHORITY}data-theme"),
        "dcterms:spatial": _link(PLACE),
        "dcatap:availability": _link(f"{AUTHORITY}planned-availability/STABLE"),
        "dcat:dataset": [_link(address(f"{CATALOGUE_PATH}#projekte"))],
        "dcat:service": [_link(address(f"{CATALOGUE_PATH}#schnittstelle"))],
    }  # fmt: skip


def _data_set(address: Address, first_day: date, last_day: date, contributor: str) -> dict[str, Any]:
    return {
        "@id": address(f"{CATALOGUE_PATH}#projekte"),
        "@type": "dcat:Dataset",
        "dcterms:identifier": address(f"{CATALOGUE_PATH}#projekte"),
        "dcterms:title": _german(_("Veröffentlichte Projekte der Digitalisierungsstrategie mainzDIGITAL")),
        "dcterms:description": _german(
            _("Jedes veröffentlichte Projekt mit Text, Stand, Handlungsfeld, Zielen, Stelle und Quellen.")
        ),
        "dcterms:publisher": _link(address(f"{CATALOGUE_PATH}#stadt")),
        "dcat:contactPoint": _link(address(f"{CATALOGUE_PATH}#kontakt")),
        # Optional since 3.0, demanded by GovData of those who deliver: a name that nobody has given is no name.
        **({"dcatde:contributorID": _link(contributor)} if contributor else {}),
        "dcat:theme": [_link(f"{AUTHORITY}data-theme/GOVE"), _link(f"{AUTHORITY}data-theme/TECH")],
        "dcat:keyword": [_german(word) for word in KEYWORDS],
        "dcat:landingPage": _link(address(HOME)),
        "dcterms:language": _link(f"{AUTHORITY}language/DEU"),
        "dcterms:accessRights": _link(f"{AUTHORITY}access-right/PUBLIC"),
        "dcterms:accrualPeriodicity": _link(f"{AUTHORITY}frequency/CONT"),
        "dcterms:issued": _day(first_day),
        "dcterms:modified": _day(last_day),
        "dcterms:temporal": _period(FIRST_DAY, last_day),
        "dcterms:spatial": _link(PLACE),
        "dcatde:politicalGeocodingLevelURI": _link(f"{GEOCODING}Level/municipality"),
        "dcatap:availability": _link(f"{AUTHORITY}planned-availability/STABLE"),
        "dcat:distribution": [_link(address(f"{CATALOGUE_PATH}#{name}")) for name in ("json", "csv")],
    }  # fmt: skip


def _distributions(address: Address, last_day: date) -> list[dict[str, Any]]:
    kinds = (
        ("json", _("Alle veröffentlichten Projekte als JSON"), JSON_PATH, "JSON", "application/json"),
        ("csv", _("Alle veröffentlichten Projekte als CSV"), CSV_PATH, "CSV", "text/csv"),
    )
    return [
        {
            "@id": address(f"{CATALOGUE_PATH}#{name}"),
            "@type": "dcat:Distribution",
            "dcterms:title": _german(title),
            "dcat:accessURL": _link(address(path)),
            "dcat:downloadURL": _link(address(path)),
            "dcterms:format": _link(f"{AUTHORITY}file-type/{form}"),
            "dcat:mediaType": _link(f"{MEDIA_TYPES}{media_type}"),
            "dcterms:license": _link(LICENCE_URI),
            "dcatde:licenseAttributionByText": _german(attribution()),
            "dcterms:language": _link(f"{AUTHORITY}language/DEU"),
            "dcterms:modified": _day(last_day),
            "dcatap:availability": _link(f"{AUTHORITY}planned-availability/STABLE"),
            "dcat:accessService": _link(address(f"{CATALOGUE_PATH}#schnittstelle")),
        }
        for name, title, path, form, media_type in kinds
    ]


def _service(address: Address) -> dict[str, Any]:
    return {
        "@id": address(f"{CATALOGUE_PATH}#schnittstelle"),
        "@type": "dcat:DataService",
        "dcterms:title": _german(_("Schnittstelle zum Lesen der veröffentlichten Projekte")),
        "dcterms:description": _german(_("Gibt die Projekte als JSON und CSV, ganz oder gefiltert, ohne Anmeldung.")),
        "dcterms:publisher": _link(address(f"{CATALOGUE_PATH}#stadt")),
        "dcat:contactPoint": _link(address(f"{CATALOGUE_PATH}#kontakt")),
        "dcat:endpointURL": _link(address(HOME)),
        "dcat:endpointDescription": _link(address(OPENAPI_PATH)),
        "dcat:servesDataset": _link(address(f"{CATALOGUE_PATH}#projekte")),
        "dcterms:license": _link(LICENCE_URI),
        "dcterms:accessRights": _link(f"{AUTHORITY}access-right/PUBLIC"),
        "dcatap:availability": _link(f"{AUTHORITY}planned-availability/STABLE"),
    }


def _publisher(address: Address) -> dict[str, Any]:
    return {
        "@id": address(f"{CATALOGUE_PATH}#stadt"),
        "@type": "foaf:Agent",
        "foaf:name": _german(PUBLISHER),
        "foaf:homepage": _link("https://www.mainz.de/"),
        "dcterms:type": _link("http://purl.org/adms/publishertype/LocalAuthority"),
    }


def _contact(address: Address) -> dict[str, Any]:
    return {
        "@id": address(f"{CATALOGUE_PATH}#kontakt"),
        "@type": ["vcard:Kind", "vcard:Organization"],
        "vcard:fn": OFFICE,
        "vcard:hasURL": _link(address("/impressum/")),
    }


def _place() -> dict[str, Any]:
    """Return the city as a place: what `dcterms:spatial` points to has to say that it is one."""
    return {"@id": PLACE, "@type": "dcterms:Location"}


def _period(first_day: date, last_day: date) -> dict[str, Any]:
    return {"@type": "dcterms:PeriodOfTime", "dcat:startDate": _day(first_day), "dcat:endDate": _day(last_day)}


def _link(address: str) -> dict[str, str]:
    return {"@id": address}


def _german(text: str) -> dict[str, str]:
    return {"@value": str(text), "@language": "de"}


def _day(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}


# --- OpenAPI ------------------------------------------------------------------------------------------------------


SLUG = {"pattern": "^[-a-zA-Z0-9_]+$"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the list: its name, what it does, the values it takes (empty: any text), what else limits it."""

    name: str
    says: str
    values: Sequence[str] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)


def openapi(*, address: Address, parameters: Sequence[Parameter], page_size: int, most: int) -> dict[str, Any]:
    """Return the description of exactly the addresses of the read-only API."""
    asked = [{"$ref": f"#/components/parameters/{each.name}"} for each in parameters]
    same = {"304": {"description": _("Nichts hat sich geändert, seit Sie zuletzt gefragt haben.")}}
    listed = {
        "400": _failure(_("Ein Filter enthält etwas, das es nicht gibt; die Antwort nennt es.")),
        "404": _failure(_("Diese Seite der Liste gibt es nicht.")),
        **same,
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mainzDIGITAL: offene Daten",
            "version": "1.0.0",
            "summary": _("Veröffentlichte Projekte der Digitalisierungsstrategie zum Lesen, ohne Anmeldung."),
            "description": _(
                "Ohne „page“ kommt die ganze Auswahl, höchstens {most} Projekte; mit „page“ eine Seite zu {size} wie "
                "in der Liste auf der Website. Namen von Feldern bleiben, neue kommen dazu."
            ).format(most=most, size=page_size),
            "license": {"name": f"{LICENCE_NAME} ({LICENCE_SHORT})", "url": LICENCE_ADDRESS},
            "contact": {"name": OFFICE, "url": address("/impressum/")},
        },
        "servers": [{"url": address("")}],
        "paths": {
            JSON_PATH: _get("projekte", _("Projekte als JSON"), asked, "application/json", _schema("Projekte"), listed),
            CSV_PATH: _get("projekteAlsCsv", _("Projekte als CSV"), asked, "text/csv", {"type": "string"}, listed),
            PROJECT_PATH: _get(
                "projekt",
                _("Ein Projekt"),
                [_parameter(Parameter("kennung", _("Kennung des Projekts"), limits=SLUG), "path")],
                "application/json",
                _schema("Projekt"),
                {"404": _failure(_("Dieses Projekt ist nicht veröffentlicht.")), **same},
            ),
            CATALOGUE_PATH: _get(
                "katalog", _("Katalog nach DCAT-AP.de"), [], "application/ld+json", {"type": "object"}, same
            ),
            OPENAPI_PATH: _get(
                "beschreibung", _("Diese Beschreibung"), [], "application/json", {"type": "object"}, same
            ),
        },
        "components": {
            "parameters": {each.name: _parameter(each, "query") for each in parameters},
            "schemas": _schemas(),
        },
    }  # fmt: skip


def _get(
    name: str,
    summary: str,
    parameters: list[dict[str, Any]],
    media_type: str,
    schema: dict[str, Any],
    other: dict[str, Any],
) -> dict[str, Any]:
    answer = {"description": summary, "content": {media_type: {"schema": schema}}}
    operation = {"operationId": name, "summary": summary, "responses": {"200": answer, **other}}
    return {"get": {**operation, **({"parameters": parameters} if parameters else {})}}


def _failure(says: str) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": _schema("Hinweise")}}}


def _parameter(each: Parameter, place: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", **each.limits}
    if each.values:
        schema["enum"] = list(each.values)
    return {"name": each.name, "in": place, "required": place == "path", "description": each.says, "schema": schema}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _schemas() -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    number: dict[str, Any] = {"type": "integer", "minimum": 0}
    address: dict[str, Any] = {"type": ["string", "null"], "format": "uri"}
    day = {"type": ["string", "null"], "format": "date"}
    return {
        "Projekte": _object(
            {
                "titel": text,
                "stand": {"type": "string", "format": "date"},
                "lizenz": text,
                "lizenz_adresse": text,
                "namensnennung": text,
                "treffer": {**number, "description": _("so viele Projekte passen zu den Filtern")},
                "seite": {"type": ["integer", "null"], "description": _("leer, wenn nach keiner Seite gefragt ist")},
                "seiten": number,
                "naechste": address,
                "projekte": {"type": "array", "items": _schema("Projekt")},
            }
        ),
        "Projekt": _object({each.name: schema_of(each) for each in FIELDS}),
        "Eintrag": _object({"schluessel": text, "text": text}),
        "Quelle": _object({"titel": text, "adresse": text, "gelesen_am": {"type": "string", "format": "date"}}),
        "Meilenstein": _object(
            {"titel": text, "termin": text, "termin_zuerst": text, "erreicht_am": day, "aufgegeben_am": day}
        ),
        "Berichtigung": _object({"tag": {"type": "string", "format": "date"}, "text": text}),
        "Hinweise": _object({"hinweise": {"type": "array", "items": text}}),
    }  # fmt: skip
