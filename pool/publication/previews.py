"""Who may see a text before it is public: who may release it, record a consent to it, or give one."""

from django.contrib.auth.models import AnonymousUser

from governance.models import User
from pool.lifecycle import Act
from pool.permissions import may
from pool.project.models import Project
from pool.publication.models import Picture, PublicText

PREVIEWING = (Act.RELEASE, Act.RECORD_CONSENT, Act.GIVE_CONSENT)


def may_preview(user: User | AnonymousUser, project: Project) -> bool:
    """Tell whether `user` may see the texts of the project that are not public yet."""
    return user.is_authenticated and any(may(user, act, project) for act in PREVIEWING)


def picture_to_preview(user: User | AnonymousUser, sha256: str) -> Picture | None:
    """Return a picture that is not public, where `user` may preview a project that has it in a text."""
    if not user.is_authenticated:
        return None
    texts = PublicText.objects.filter(picture__sha256=sha256).select_related("project", "picture")
    return next((text.picture for text in texts if may_preview(user, text.project)), None)
