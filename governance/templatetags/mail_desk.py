"""What the first page of the desk says of mails to those who run the portal."""

from django import template

from governance.messages.queries import failed_mails
from governance.permissions import Act, may

register = template.Library()


@register.inclusion_tag("admin/governance/mail/_troubles.html", takes_context=True)
def mail_troubles(context: template.Context) -> dict[str, int]:
    """Say how many mails failed, where any did and where the person can do something about it."""
    return {"failed": failed_mails() if may(context["request"].user, Act.RETRY_MAIL) else 0}
