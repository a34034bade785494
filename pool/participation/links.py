"""The signed part of an address by which somebody without an account confirms or leaves what they follow."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

from pool.participation.models import Subscription

CONFIRM, LEAVE = "participation.confirm", "participation.leave"


def link_token(subscription: Subscription, purpose: str) -> str:
    """Return the signed part of the address for `purpose`."""
    return _signer(purpose).sign(subscription.pk.hex)


def subscription_of(token: str, purpose: str) -> Subscription | None:
    """Return the subscription that a link of ours names; None for any other link, and for one that is gone."""
    key = signed_key(token, purpose)
    if key is None:
        return None
    return Subscription.objects.select_related("project", "handlungsfeld").filter(pk=key).first()


def signed_key(token: str, purpose: str) -> UUID | None:
    """Return what a link of ours names, whether it is there or gone; None for any other link."""
    try:
        return UUID(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: str) -> Signer:
    return Signer(salt=purpose, sep="~")
