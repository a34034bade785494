"""Taking part, for everybody: without an account, without a cookie, and without JavaScript."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.organisation.backends import hashed_address
from governance.public_forms import PublicForm, public_form
from governance.record import clock
from governance.templatetags.portal import english
from pool.deadlines import after_working_days
from pool.participation.actions import Subject, receive_feedback
from pool.participation.beside import VoiceList, shown_voices
from pool.participation.calendar import calendar_text
from pool.participation.counting import count_opinion, seconds_to_wait
from pool.participation.entries import described_format
from pool.participation.following import address_of, name_of
from pool.participation.following import confirm as confirm_following
from pool.participation.following import follow as follow_by_mail
from pool.participation.following import leave as leave_following
from pool.participation.forms import ButtonForm, FeedbackForm, FollowForm, HelpfulForm
from pool.participation.links import CONFIRM, LEAVE, signed_key, subscription_of
from pool.participation.queries import (
    coming,
    format_of,
    past,
    public_field,
    public_formats,
    public_project,
    subjects_of,
    ways_to_take_part,
)
from pool.participation.rules import FEEDBACK_PERIOD, PAGE_LENGTH, RESERVED_SLUGS
from pool.publication.descriptions import all_projects
from pool.publication.http import address_of as full_address
from pool.publication.http import public
from pool.publication.meta import Meta, meta_of

PER_PAGE = 20
VOICE_KEY = re.compile("[0-9a-f]{8}")
PUBLIC_PAGES = frozenset({"publication", "participation"})
# Pages of one visit: nothing is asked about them.
NOT_ASKED_ABOUT = frozenset({"helpful", "helpful_thanks", "confirm", "leave", "picture", "calendar", "security_txt"})


@dataclass(frozen=True, slots=True)
class About:
    """What a form is about: a released project or a Handlungsfeld, and how the public knows it."""

    kind: str
    slug: str
    subject: Subject
    name: str
    address: str
    is_example: bool


def about_or_404(about: str, slug: str) -> About:
    """Return what `about` and `slug` name; Http404 for everything that is not public."""
    if about == "projekt":
        found = public_project(slug)
        if found is not None:
            project, title = found
            return About(about, slug, project, title, address_of(project), project.is_example)
    elif about == "feld":
        field = public_field(slug)
        if field is not None:
            return About(about, slug, field, field.name, address_of(field), field.is_example)
    raise Http404


# --- Beteiligungsformate ------------------------------------------------------------------------------------------


@public
def overview(request: HttpRequest) -> HttpResponse:
    formats = public_formats()
    page, notice = _page(past(formats), request)
    context = {
        "coming": [format_of(row) for row in coming(formats)[:PER_PAGE]],
        "past": [format_of(row) for row in page.object_list],
        "page": page,
        "notice": notice,
        "ways": ways_to_take_part(),
        "today": clock.today(),
        "days": FEEDBACK_PERIOD,
        "meta": meta_of(
            request,
            Meta(
                title=_("Mitmachen"), says=_("So reden Sie mit: im Netz, vor Ort, per Brief."), feeds=[all_projects()]
            ),
        ),
    }
    return render(request, "participation/overview.html", context)


def _page(rows: Any, request: HttpRequest) -> tuple[Page, str]:
    """Return the page asked for, the nearest one where it does not exist, and words that say so."""
    asked = request.GET.get("page", "1")
    page = Paginator(rows, PER_PAGE).get_page("1" if asked.startswith("-") or not asked.strip("0") else asked)
    return page, "" if asked == str(page.number) else _("Diese Seite der Liste gibt es nicht.")


@public
def format_page(request: HttpRequest, slug: str) -> HttpResponse:
    row = get_object_or_404(public_formats(), slug=slug)
    shown = format_of(row)
    described = described_format(shown, full_address(request, request.path))
    context = {
        "row": shown,
        "subjects": subjects_of(row),
        "meta": meta_of(request, Meta(title=row.title, says=row.short_text, kind="article", described=described)),
    }
    return render(request, "participation/format.html", context)


@public
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    row = format_of(get_object_or_404(public_formats(), slug=slug))
    address = full_address(request, reverse("participation:format", args=[slug]))
    text = calendar_text(
        row,
        address=address,
        host=urlsplit(address).hostname or "",
        zone=settings.TIME_ZONE,
    )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.slug[:60]}.ics"'
    return response


# --- Rückmeldungen ------------------------------------------------------------------------------------------------


@public_form
def feedback(request: HttpRequest, about: str, slug: str) -> HttpResponse:
    subject = about_or_404(about, slug)
    kinds = FeedbackForm.base_fields["kind"].choices  # type: ignore[attr-defined]
    asked = request.GET.get("art", "")
    initial = {"kind": asked} if asked in {str(value) for value, _label in kinds} else {}
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=initial)

    def take_in() -> None:
        fields = ("kind", "text", "name", "mail", "wants_answer")
        receive_feedback(
            subject=subject.subject, token=form.token.key, **{name: form.cleaned_data[name] for name in fields}
        )

    page = {"about": subject, "days": FEEDBACK_PERIOD}
    done = reverse("participation:feedback_thanks", args=[about, slug])
    return _answer(request, form, "feedback", take_in, done=done, template="participation/feedback.html", page=page)


@public
def voices(request: HttpRequest, about: str, slug: str) -> HttpResponse:
    """List everything that is shown about a project or a Handlungsfeld; `stimme` leads to the page where one stands."""
    subject = about_or_404(about, slug)
    key = {"project": subject.subject} if about == "projekt" else {"handlungsfeld": subject.subject}
    found, here = VoiceList(shown_voices(**key)), reverse("participation:voices", args=[about, slug])
    asked_voice = request.GET.get("stimme", "")
    if VOICE_KEY.fullmatch(asked_voice):
        place = found.place_of(asked_voice)
        if place is not None:
            return redirect(f"{here}?page={place // PER_PAGE + 1}#rueckmeldung-{asked_voice}")
    page, notice = _page(found, request)
    meta = Meta(
        title=_("Was andere sagen: {name}").format(name=english(subject.name)),
        says=_("Fragen, Hinweise und Antworten, ohne Namen."),
        path=here if page.number == 1 else f"{here}?page={page.number}",
    )
    if asked_voice:
        notice = _("Diese Rückmeldung steht hier nicht mehr.")
    context = {"about": subject, "page": page, "notice": notice, "meta": meta_of(request, meta)}
    return render(request, "participation/voices.html", context)


@public
def feedback_thanks(request: HttpRequest, about: str, slug: str) -> HttpResponse:
    due = after_working_days(clock.today(), FEEDBACK_PERIOD)
    context = {"about": about_or_404(about, slug), "due": due}
    return render(request, "participation/feedback_thanks.html", context)


# --- Following ----------------------------------------------------------------------------------------------------


@public_form
def follow(request: HttpRequest, about: str, slug: str) -> HttpResponse:
    subject = about_or_404(about, slug)
    form = FollowForm(request.POST if request.method == "POST" else None)

    def ask() -> None:
        follow_by_mail(subject=subject.subject, mail=form.cleaned_data["mail"], token=form.token.key)

    done = reverse("participation:follow_thanks", args=[about, slug])
    page = {"about": subject}
    return _answer(request, form, "follow", ask, done=done, template="participation/follow.html", page=page)


@public
def follow_thanks(request: HttpRequest, about: str, slug: str) -> HttpResponse:
    return render(request, "participation/follow_thanks.html", {"about": about_or_404(about, slug)})


@public_form
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    found = subscription_of(token, CONFIRM)
    form = ButtonForm(request.POST if request.method == "POST" else None)
    if found is not None and request.method == "POST":
        confirm_following(subscription=found)
        found.confirmed_at = found.confirmed_at or clock.now()
    return render(request, "participation/confirm.html", _following(form, found))


def _is_leaving_link(request: HttpRequest, token: str) -> bool:
    """A mail program leaves a list by sending to the signed address itself (RFC 8058), without a page of ours."""
    return signed_key(token, LEAVE) is not None and request.POST.get("List-Unsubscribe") == "One-Click"


@public_form(is_signed=_is_leaving_link)
def leave(request: HttpRequest, token: str) -> HttpResponse:
    found = subscription_of(token, LEAVE)
    form = ButtonForm(request.POST if request.method == "POST" else None)
    context = _following(form, found)
    if found is not None and request.method == "POST":
        leave_following(subscription=found)
        context["has_left"] = True
    return render(request, "participation/leave.html", context)


def _following(form: PublicForm, found: Any) -> dict[str, Any]:
    subject = (found.project or found.handlungsfeld) if found else None
    return {
        "page_form": form,
        "subscription": found,
        "has_left": False,
        "name": name_of(subject) if subject else "",
        "address": address_of(subject) if subject else "",
    }


# --- Did this help? -----------------------------------------------------------------------------------------------


@public_form
def helpful(request: HttpRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    page = asked_about((sent or request.GET).get("seite") or reverse("publication:home"))
    if page is None:
        raise Http404
    answer = request.GET.get("antwort", "")
    initial = {"seite": page} | ({"antwort": answer} if answer in ("ja", "nein") else {})
    form = HelpfulForm(sent, initial=initial)

    def count() -> None:
        said = form.cleaned_data
        count_opinion(page=page, helped=said["antwort"] == "ja", note=said["text"], token=form.token.key)

    done = f"{reverse('participation:helpful_thanks')}?{urlencode({'seite': page})}"
    return _answer(
        request, form, "helpful", count, done=done, template="participation/helpful.html", page={"address": page}
    )


@public
def helpful_thanks(request: HttpRequest) -> HttpResponse:
    page = asked_about(request.GET.get("seite", ""))
    return render(request, "participation/helpful_thanks.html", {"address": page or reverse("publication:home")})


def asked_about(page: str) -> str | None:
    """Return the address of a public page that is there, as it is counted; None for everything else."""
    if not page.startswith("/") or page.startswith("//") or len(page) > PAGE_LENGTH or not page.isprintable():
        return None
    try:
        match = resolve(page)
    except Resolver404:
        return None
    if match.namespace not in PUBLIC_PAGES or match.url_name in NOT_ASKED_ABOUT:
        return None
    return page if _is_there(match.view_name, match.kwargs) else None


def _is_there(name: str, arguments: dict[str, Any]) -> bool:
    slug = str(arguments.get("slug", ""))
    if "about" in arguments:
        try:
            about_or_404(str(arguments["about"]), slug)
        except Http404:
            return False
        return True
    if name == "publication:project":
        return public_project(slug) is not None
    if name == "publication:strategy_field":
        return public_field(slug) is not None
    if name == "participation:format":
        return slug not in RESERVED_SLUGS and public_formats().filter(slug=slug).exists()
    return not arguments


# --- What all forms have in common --------------------------------------------------------------------------------


def _answer(
    request: HttpRequest,
    form: PublicForm,
    purpose: str,
    act: Callable[[], None],
    *,
    done: str,
    template: str,
    page: dict[str, Any],
) -> HttpResponse:
    """Show a form, or take it in and lead to its last page; whatever is refused keeps every word that was typed.

    A form that only a script can have filled in gets the same answer and is forgotten.
    """
    if request.method != "POST":
        return render(request, template, page | {"form": form})
    if not form.is_valid():
        return render(request, template, page | {"form": form}, status=422)
    if form.is_by_script:
        return redirect(done)
    wait = seconds_to_wait(purpose=purpose, sender=hashed_address(request))
    if wait:
        form.add_error(None, _words_of_waiting(wait))
        response = render(request, template, page | {"form": form}, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    act()
    return redirect(done)


def _words_of_waiting(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "Gerade kommen sehr viele Nachrichten an. Ihr Text steht noch hier: Senden Sie ihn in einer Minute noch einmal "
        "ab.",
        "Gerade kommen sehr viele Nachrichten an. Ihr Text steht noch hier: Senden Sie ihn in {minutes} Minuten noch "
        "einmal ab.",
        minutes,
    ).format(minutes=minutes)
