"""The fixed cast: who stands how to the projects of the lifecycle table.

The lead unit of every project they meet is the Bürgeramt (amt-33), its Handlungsfeld is DV. `joins(project)` makes
the people of a project what they are to it. Several people hold the office of CDO or the chair, each in another
situation; that is not how the city works, but it lets one table show every situation beside the others.
"""

from dataclasses import dataclass, fields
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser

from governance.mandates.rules import Role
from governance.organisation.models import OrganisationUnit, User
from governance.record import clock
from pool.project.models import Project
from tests.factories import absent_today, body, employed_in, handlungsfeld, held_by, join, mandate, unit, user_with

Person = User | AnonymousUser


@dataclass(frozen=True)
class Cast:
    """Everybody in the table, by situation."""

    submitter: Person
    co_author: Person
    employee: Person
    employee_of_lead_office: Person
    cdo: Person
    cdo_deputy: Person  # the CDO is present and not barred
    cdo_deputy_of_absent: Person  # the CDO is away today
    cdo_until_yesterday: Person
    cdo_from_tomorrow: Person
    cdo_who_submitted: Person
    cdo_in_lead_office: Person
    cdo_deputy_of_barred: Person  # deputises the CDO who submitted
    cdo_deputy_barred_too: Person  # deputises the CDO who submitted, and works in the lead office
    coordinator: Person  # of the project's Handlungsfeld
    coordinator_elsewhere: Person
    expert: Person
    chair: Person
    chair_in_lead_office: Person
    deputy_chair: Person  # the chair is present and not barred
    deputy_chair_of_absent: Person
    deputy_chair_of_barred: Person  # deputises the chair in the lead office
    member: Person
    beirat: Person  # bound to confidentiality
    beirat_unbound: Person
    beirat_chair: Person
    beirat_office: Person  # Geschäftsführung of the Beirat, bound to confidentiality
    lead: Person
    lead_until_yesterday: Person
    team_member: Person
    speaker: Person  # agrees to public texts for the lead office
    speaker_elsewhere: Person  # for another office
    speaker_deputy: Person  # the speaker is present
    speaker_deputy_of_absent: Person
    operator: Person
    superuser: Person
    deactivated: Person  # held the office of CDO
    anonymous: Person

    def joins(self, project: Project) -> Project:
        """Make the project's people what they are to it; the submitter is already."""
        join(project, self.co_author, "co_author")
        join(project, self.cdo_who_submitted, "submitter")
        join(project, self.expert, "expert")
        join(project, self.lead, "lead")
        join(project, self.lead_until_yesterday, "lead", last_day=-1)
        join(project, self.team_member, "member")
        return project

    def everybody(self) -> dict[str, Person]:
        """Return the cast by name, in the order of this page."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def offices() -> dict[str, OrganisationUnit]:
    """The part of the city's tree that the cast works in."""
    group = unit("konzern", "group")
    hauptamt = unit("amt-10", "amt", group)
    lead_office = unit("amt-33", "amt", group)
    return {
        "lead_office": lead_office,
        "below_lead_office": unit("ortsverwaltung-neustadt", "ortsverwaltung", lead_office),
        "mainzdigital": unit("stab-mainzdigital", "stabsstelle", hauptamt),
        "buero_ob": unit("stab-buero-ob", "stabsstelle", hauptamt),
        "kdz": unit("kdz", "eigenbetrieb", group),
        "soziales": unit("amt-50", "amt", group),
        "planung": unit("amt-61", "amt", group),
        "stadtwerke": unit("msw", "company", group),
    }


def assemble() -> Cast:
    """Write the whole cast."""
    places = offices()
    lenkungsgruppe, beirat, cdo = body(), body("beirat"), Role.CDO

    def person(name: str, *given: object, place: str | None = "mainzdigital", **account: object) -> User:
        employed = [employed_in(places[place])] if place else []
        return user_with(*employed, *given, username=name.replace("_", "-"), **account)

    def deputy(name: str, principal: User, role: str, *, place: str | None, **scope: object) -> User:
        return person(name, mandate(role, deputy_for=held_by(principal, role), **scope), place=place)

    present_cdo = person("cdo", mandate(cdo))
    absent_cdo = person("cdo_away", mandate(cdo))
    barred_cdo = person("cdo_who_submitted", mandate(cdo))
    chair = person("chair", mandate(Role.CHAIR, body=lenkungsgruppe), place="buero_ob")
    absent_chair = person("chair_away", mandate(Role.CHAIR, body=lenkungsgruppe), place="buero_ob")
    barred_chair = person("chair_in_lead_office", mandate(Role.CHAIR, body=lenkungsgruppe), place="lead_office")
    for_lead_office = {"unit": places["lead_office"]}
    speaker = person("speaker", mandate(Role.UNIT_CONSENT, **for_lead_office), place=None)
    absent_speaker = person("speaker_away", mandate(Role.UNIT_CONSENT, **for_lead_office), place=None)
    absent_today(absent_speaker)
    absent_today(absent_cdo)
    absent_today(absent_chair)
    bound = {"body": beirat, "confidentiality_on": clock.today() - timedelta(days=300)}

    return Cast(
        submitter=person("submitter", place="planung"),
        co_author=person("co_author", place="stadtwerke"),
        employee=person("employee", place="soziales"),
        employee_of_lead_office=person("employee_of_lead_office", place="below_lead_office"),
        cdo=present_cdo,
        cdo_deputy=deputy("cdo_deputy", present_cdo, cdo, place="kdz"),
        cdo_deputy_of_absent=deputy("cdo_deputy_of_absent", absent_cdo, cdo, place="kdz"),
        cdo_until_yesterday=person("cdo_until_yesterday", mandate(cdo, last_day=-1)),
        cdo_from_tomorrow=person("cdo_from_tomorrow", mandate(cdo, first_day=1)),
        cdo_who_submitted=barred_cdo,
        cdo_in_lead_office=person("cdo_in_lead_office", mandate(cdo), place="below_lead_office"),
        cdo_deputy_of_barred=deputy("cdo_deputy_of_barred", barred_cdo, cdo, place="kdz"),
        cdo_deputy_barred_too=deputy("cdo_deputy_barred_too", barred_cdo, cdo, place="lead_office"),
        coordinator=person("coordinator", mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("DV"))),
        coordinator_elsewhere=person(
            "coordinator_elsewhere", mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("BZ"))
        ),
        expert=person("expert", place="planung"),
        chair=chair,
        chair_in_lead_office=barred_chair,
        deputy_chair=deputy("deputy_chair", chair, Role.CHAIR, place="soziales", body=lenkungsgruppe),
        deputy_chair_of_absent=deputy(
            "deputy_chair_of_absent", absent_chair, Role.CHAIR, place="soziales", body=lenkungsgruppe
        ),
        deputy_chair_of_barred=deputy(
            "deputy_chair_of_barred", barred_chair, Role.CHAIR, place="soziales", body=lenkungsgruppe
        ),
        member=person("member", mandate(Role.MEMBER, body=lenkungsgruppe), place="soziales"),
        beirat=person("beirat", mandate(Role.MEMBER, **bound), place=None),
        beirat_unbound=person("beirat_unbound", mandate(Role.MEMBER, body=beirat), place=None),
        beirat_chair=person("beirat_chair", mandate(Role.CHAIR, **bound), place=None),
        beirat_office=person("beirat_office", mandate(Role.ADVISORY_OFFICE, **bound), place=None),
        lead=person("lead", place="planung"),
        lead_until_yesterday=person("lead_until_yesterday", place="planung"),
        team_member=person("team_member", place="planung"),
        speaker=speaker,
        speaker_elsewhere=person("speaker_elsewhere", mandate(Role.UNIT_CONSENT, unit=places["soziales"]), place=None),
        speaker_deputy=deputy("speaker_deputy", speaker, Role.UNIT_CONSENT, place=None, **for_lead_office),
        speaker_deputy_of_absent=deputy(
            "speaker_deputy_of_absent", absent_speaker, Role.UNIT_CONSENT, place=None, **for_lead_office
        ),
        operator=person("operator", mandate(Role.OPERATOR), place=None),
        superuser=person("superuser", place=None, is_superuser=True, is_staff=True),
        deactivated=person("deactivated", mandate(cdo), is_active=False),
        anonymous=AnonymousUser(),
    )
