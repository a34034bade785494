"""What every page of the desk about one project has in common: who opens it, which project, how an act is tried.

A page refuses nothing itself: the actions do. It shows what they said beside everything that was typed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.mandates.queries import standing_of
from governance.models import User
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from pool.lifecycle import Act, IllegalMove, Incomplete, ProcedureError, StaleVersion
from pool.permissions import TABLE, require
from pool.project.models import Project
from pool.stand_ins.queries import stands_in
from pool.submission.forms import NO_VERSION
from pool.submission.forms import version_seen as version_of

Arguments = ParamSpec("Arguments")
Text = str | Promise


def desk_required(
    view: Callable[Concatenate[SignedInRequest, Arguments], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, Arguments], HttpResponse]:
    """Let in who holds the office of CDO or deputises it; GET and POST only."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if not standing_of(request.user).is_cdo:
            raise NotAllowed(_("Diese Seite gehört zum Schreibtisch der CDO."))
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "HEAD", "POST"])(guarded)


def project_page(view: Callable[[SignedInRequest, Project], HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the project of the address, 404 where the person may not see it; a page whose act the step does not
    allow (an old link) leads back to the project and says so.

    Open to the CDO's office, and to whom the chair named for this project: `in_place` gives her the addresses.
    """

    @wraps(view)
    def found(request: SignedInRequest, project_id: UUID) -> HttpResponse:
        standing = standing_of(request.user)
        is_at_desk = request.resolver_match is not None and request.resolver_match.namespace == "admin"
        if is_at_desk and not standing.is_cdo:  # whose door it is not learns nothing of what lies behind
            raise NotAllowed(_("Diese Seite gehört zum Schreibtisch der CDO."))
        project = project_for(request, project_id)
        if not standing.is_cdo and not stands_in(standing, project):
            raise NotAllowed(_("Diese Seite gehört zum Schreibtisch der CDO."))
        try:
            return view(request, project)
        except IllegalMove as error:
            messages.warning(request, str(error))
            return redirect(address("change", project, request.user))

    return require_http_methods(["GET", "HEAD", "POST"])(found)


def project_for(request: SignedInRequest, project_id: UUID) -> Project:
    """Return a project with what every page shows of it, or 404."""
    projects = Project.objects.visible_to(request.user).select_related(
        "edition", "lead_unit", "lead_handlungsfeld", "merged_into", "succeeded_by"
    )
    return get_object_or_404(projects, pk=project_id)


def ask(request: SignedInRequest, act: Act, project: Project) -> None:
    """Ask before a page is shown: IllegalMove where the step does not know the act, NotAllowed without the right."""
    steps = [grant.steps for grant in TABLE[act]]
    if all(each is not None and project.step not in each for each in steps):
        raise IllegalMove(project.step, act)
    require(request.user, act, project)


def address(name: str, project: Project, user: User | AnonymousUser) -> str:
    """Return the address of one of the desk's pages about a project: outside the desk for a stand-in, whose page of the
    project itself is the casefile.
    """
    if standing_of(user).is_cdo:
        return reverse(f"admin:pool_project_{name}", args=[project.pk])
    return reverse("casefile:detail" if name == "change" else f"casefile:in_place_{name}", args=[project.pk])


def version_seen(request: SignedInRequest) -> int:
    """Return the version that the page showed; a missing or broken one counts as stale."""
    return version_of(request.POST)


def attempt(form: BaseForm, perform: Callable[[], object], *, names: dict[str, str] | None = None) -> int:
    """Try an act and return 0, or the status of the page that shows the form again with what was said.

    `names` maps the model's fields of a ValidationError to fields of the form.
    """
    try:
        perform()
    except StaleVersion as error:
        form.add_error(None, str(error))
        return 409
    except IllegalMove as error:
        form.add_error(None, str(error))
        return 409
    except Incomplete as error:
        form.add_error(None, str(error))
        return 422
    except ProcedureError as error:
        form.add_error(None, str(error))
        return 422
    except NotAllowed as error:
        form.add_error(None, str(error))
        return 403
    except ValidationError as error:
        _show(form, error, names or {})
        return 422
    return 0


def _show(form: BaseForm, error: ValidationError, names: dict[str, str]) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        name = names.get(field, field)
        form.add_error(name if name in form.fields else None, errors)


def desk_page(
    request: SignedInRequest, template: str, project: Project, *, here: Text, status: int = 200, **context: Any
) -> HttpResponse:
    """Render one of the desk's pages about a project; `here` is its name in the breadcrumbs.

    After a refused act the page shows the project as it stands now. Only who is told that it has moved on (409) goes on
    from its new version: after any other refusal the page keeps the one that was seen.
    """
    seen = version_seen(request) if status in (403, 422) else NO_VERSION
    shown = {"project": project, "here": here, "version": project.version if seen == NO_VERSION else seen}
    lists = [
        (_("Schreibtisch"), reverse("admin:index")),
        (_("Projekte"), reverse("admin:pool_project_changelist")),
    ]
    before = lists if standing_of(request.user).is_cdo else [(_("Ideen"), reverse("submission:mine"))]
    crumbs = [*before, (project.title, address("change", project, request.user)), (here, "")]
    return render(request, template, shown | {"crumbs": crumbs} | context, status=status)
