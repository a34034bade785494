"""Who may sign in at all, and by what the counter of wrong tries knows a sender."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from governance.messages.queries import unread_of_account
from governance.organisation.models import User

IPV6_BITS = 56


class AccountBackend(ModelBackend):
    """Active accounts; demo accounts, whose password everybody knows, only where the portal runs as a demo."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the account of a session, with the number of its unread messages read along."""
        user = User.objects.annotate(unread_messages=unread_of_account()).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        if user is not None and user.is_demo and not settings.DEMO:
            return False
        return super().user_can_authenticate(user)


def network_of(address: str) -> str:
    """Return the network that an address stands for: an IPv4 address is what a whole household or library shows itself
    with, of an IPv6 address the first 56 bits are what one customer of a provider gets. Anything else as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((int(parsed), IPV6_BITS), strict=False))
    return str(parsed)


def hashed_address(request: HttpRequest) -> str:
    """The sender's network as a keyed hash in the form of a private IPv6 address: it counts, but names nobody.

    Forwarded addresses are believed only behind an own proxy (TRUST_PROXY=1), and then only the entry that proxy wrote.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    digest = salted_hmac("governance.organisation.address", network_of(address), algorithm="sha256").digest()
    return str(IPv6Address(b"\xfd" + digest[:15]))
