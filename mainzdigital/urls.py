"""The site map. Addresses are promises: other people's links and tests rely on them."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.decorators.http import require_safe

from mainzdigital.health import healthz


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("icons/favicon.ico"))


urlpatterns = [
    path("", include("pool.exchange.urls")),
    path("ideen/", include("pool.submission.urls")),
    path("ideen/", include("pool.similarity.urls")),
    path("ideen/", include("pool.questions.urls")),
    path("ideen/", include("pool.publication.consent_urls")),
    path("ideen/", include("pool.casefile.urls")),
    path("koordination/", include("pool.coordination.urls")),
    path("ideen/", include("pool.attachments.urls")),
    path("lenkungsgruppe/", include("pool.steering.urls")),
    path("lenkungsgruppe/", include("pool.decision.urls")),
    path("lenkungsgruppe/", include("pool.calls.urls")),
    path("umsetzung/", include("pool.delivery.urls")),
    path("konto/", include("governance.organisation.urls")),
    path("konto/", include("governance.messages.urls")),
    path("konto/", include("pool.saved_filters.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("", include("pool.publication.plain_urls")),
    path("", include("pool.publication.open_urls")),
    *i18n_patterns(
        path("beteiligung/", include("pool.participation.urls")),
        path("", include("pool.publication.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "mainzdigital.errors.bad_request"
handler403 = "mainzdigital.errors.permission_denied"
handler404 = "mainzdigital.errors.page_not_found"
handler500 = "mainzdigital.errors.server_error"
