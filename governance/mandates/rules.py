"""Roles and what a person holds on a day: values only.

Source: Verfahrensordnung des Portals, „Mandate“ und „Vertretung“.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The roles that mandates give. What a person is to one project stands with the project."""

    EMPLOYEE = "employee", _("Beschäftigte")
    COORDINATOR = "coordinator", _("Handlungsfeldkoordination")
    CDO = "cdo", _("CDO")
    CHAIR = "chair", _("Vorsitz")
    MEMBER = "member", _("Mitglied")
    ADVISORY_OFFICE = "advisory_office", _("Geschäftsführung Beirat")
    OPERATOR = "operator", _("Betrieb")
    UNIT_CONSENT = "unit_consent", _("Zustimmung der Stelle")


@dataclass(frozen=True, slots=True)
class Held:
    """One mandate as held today.

    For a deputy `principal` is the deputised person's actor id, and `principal_is_absent` tells whether an absence is
    entered for today. A confidentiality day is only looked at for the Beirat.
    """

    role: str
    body_kind: str | None = None
    body_id: int | None = None
    handlungsfeld_id: int | None = None
    unit_id: int | None = None
    principal: UUID | None = None
    principal_is_absent: bool = False
    is_bound_to_confidentiality: bool = False

    @property
    def is_deputy(self) -> bool:
        """Tell whether the mandate deputises somebody."""
        return self.principal is not None

    @property
    def acts_today(self) -> bool:
        """Tell whether the mandate lets its holder act today in general: its own, or a deputy's on an absence."""
        return self.principal is None or self.principal_is_absent


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything a person holds today."""

    actor_id: UUID | None
    held: tuple[Held, ...] = ()
    also: frozenset[str] = frozenset()  # what apps above asked about the person, see `also_ask`

    def holds(self, role: str, *, body_kind: str | None = None) -> bool:
        """Tell whether the person holds a role (deputies included), to read what it reads."""
        return any(held.role == role and (body_kind is None or held.body_kind == body_kind) for held in self.held)

    @property
    def handlungsfeld_ids(self) -> frozenset[int]:
        """The Handlungsfelder the person coordinates."""
        return frozenset(
            held.handlungsfeld_id
            for held in self.held
            if held.role == Role.COORDINATOR and held.handlungsfeld_id is not None
        )

    @property
    def unit_ids(self) -> frozenset[int]:
        """The units the person is employed in."""
        return frozenset(held.unit_id for held in self.held if held.role == Role.EMPLOYEE and held.unit_id is not None)

    @property
    def speaks_for(self) -> frozenset[int]:
        """The units that the person speaks for when a public text is agreed to, deputies included."""
        return frozenset(
            held.unit_id for held in self.held if held.role == Role.UNIT_CONSENT and held.unit_id is not None
        )

    @property
    def is_employee(self) -> bool:
        """Tell whether the person is employed in the Konzern today."""
        return self.holds(Role.EMPLOYEE)

    @property
    def is_cdo(self) -> bool:
        """Tell whether the person is the CDO or the CDO's deputy."""
        return self.holds(Role.CDO)

    @property
    def acts_as_cdo(self) -> bool:
        """Tell whether the person does the CDO's work today: the CDO, or the deputy while the CDO is away."""
        return any(held.role == Role.CDO and held.acts_today for held in self.held)

    @property
    def is_steering(self) -> bool:
        """Tell whether the person sits in the Lenkungsgruppe, chair and deputy included."""
        return any(held.role in (Role.CHAIR, Role.MEMBER) and held.body_kind == "lenkungsgruppe" for held in self.held)

    @property
    def is_advisory(self) -> bool:
        """Tell whether the person sits in the Beirat or runs its office, and is bound to confidentiality."""
        return any(
            held.role in (Role.CHAIR, Role.MEMBER, Role.ADVISORY_OFFICE)
            and held.body_kind == "beirat"
            and held.is_bound_to_confidentiality
            for held in self.held
        )

    @property
    def is_operator(self) -> bool:
        """Tell whether the person runs the portal."""
        return self.holds(Role.OPERATOR)


NOBODY = Standing(actor_id=None)
