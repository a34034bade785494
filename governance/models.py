"""All models of the frame in reading order, so that the app keeps one migrations folder."""

from governance.organisation.models import OrganisationUnit, Source, User  # isort: skip
from governance.record.models import Actor, ActorPerson, Entry  # isort: skip
from governance.mandates.models import Absence, Body, Mandate  # isort: skip
from governance.messages.models import Mail, MailPreference, Message  # isort: skip
from governance.strategy.models import (  # isort: skip
    SDG,
    Edition,
    Grundkriterium,
    Handlungsbedarf,
    Handlungsfeld,
    Leitlinie,
    Querschnittsthema,
    Reifegrad,
    RubricDimension,
    RubricLevel,
    RubricVersion,
    Stadtteil,
    StrategicGoal,
    Teilziel,
    UebergeordneterBaustein,
    VisionQuestion,
)

__all__ = [
    "SDG",
    "Absence",
    "Actor",
    "ActorPerson",
    "Body",
    "Edition",
    "Entry",
    "Grundkriterium",
    "Handlungsbedarf",
    "Handlungsfeld",
    "Leitlinie",
    "Mail",
    "MailPreference",
    "Mandate",
    "Message",
    "OrganisationUnit",
    "Querschnittsthema",
    "Reifegrad",
    "RubricDimension",
    "RubricLevel",
    "RubricVersion",
    "Source",
    "Stadtteil",
    "StrategicGoal",
    "Teilziel",
    "UebergeordneterBaustein",
    "User",
    "VisionQuestion",
]
