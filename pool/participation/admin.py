"""Taking part at the desk: what the public wrote. Every page calls the actions."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.queries import standing_of
from governance.models import OrganisationUnit
from governance.record import clock
from governance.record.admin import DeskAdmin, DeskFilter, DeskPage, Fact, act_page, attempt_act
from governance.templatetags.portal import beispiel_if
from pool.deadlines import after_working_days
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.participation.actions import answer_feedback, enter_feedback, refuse_feedback, show_feedback, take_up
from pool.participation.desk_forms import (
    SHOW,
    AnswerForm,
    EnterForm,
    RefuseForm,
    ReviewForm,
    ShowForm,
    TakeUpForm,
)
from pool.participation.desk_queries import FOR_ANSWER, UNANSWERED, WAITING, following, number_to_review, voices_of
from pool.participation.following import address_of, name_of
from pool.participation.models import Feedback
from pool.participation.rules import FEEDBACK_PERIOD, FeedbackKind, FeedbackState
from pool.permissions import may, require

OFFICE_CODE = "stab-mainzdigital"


def as_form_error(perform: Callable[[Any], object]) -> Callable[[Any], object]:
    """Let what the procedure refuses be said beside the form, as `act_page` says what is wrong in a field."""

    def attempt(cleaned: Any) -> object:
        try:
            return perform(cleaned)
        except Incomplete as refusal:
            raise ValidationError(str(refusal)) from refusal
        except ProcedureError as refusal:
            raise ValidationError(str(refusal)) from refusal

    return attempt


class OfficeAdmin(DeskAdmin):
    """Rows that the CDO's office keeps, the deputy in her own right."""

    act = Act.ANSWER_PUBLIC

    def reads(self, user: Any) -> bool:
        return standing_of(user).is_cdo

    def adds(self, user: Any) -> bool:
        return may(user, self.act)

    def changes(self, user: Any, row: Any = None) -> bool:
        return may(user, self.act)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what the person's world holds: real accounts see no examples."""
        rows = super().get_queryset(request)
        sees_all = self._sees_examples(request) or not hasattr(self.model, "is_example")
        return rows if sees_all else rows.filter(is_example=False)

    def _sees_examples(self, request: HttpRequest) -> bool:
        return bool(request.user.is_demo)  # type: ignore[union-attr]

    @admin.display(description=gettext_lazy("Beispiel"))
    def example_shown(self, row: Any) -> str:
        return beispiel_if(row.is_example) or "–"

    def page(self, heading: str, button: str, done: str, **more: Any) -> DeskPage:
        """Return one of this list's pages for a single act."""
        return DeskPage(
            heading=heading,
            lead=more.pop("lead", ""),
            button=button,
            done=done,
            back=more.pop("back", self.list_address()),
            crumbs=self.crumbs(heading),
            **more,
        )


# --- Rückmeldungen ------------------------------------------------------------------------------------------------


class TodoFilter(DeskFilter):
    """What a Rückmeldung waits for. Without a choice the list shows what is to be done."""

    title = gettext_lazy("Aufgabe")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*FeedbackState.choices, (FOR_ANSWER, _("wartet auf Antwort"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        value = self.value()
        if value == FOR_ANSWER:
            return queryset.filter(UNANSWERED)
        return queryset.filter(state=value) if value else queryset


class KindFilter(DeskFilter):
    """Question, support, hint, idea."""

    title = gettext_lazy("Art")
    parameter_name = "art"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(FeedbackKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Feedback)
class FeedbackAdmin(OfficeAdmin):
    description = gettext_lazy(
        "Was Menschen zu Projekten und Handlungsfeldern sagen, die Ältesten zuerst. Öffentlich wird nur, was Sie "
        "durchlassen; was per Brief, am Telefon oder auf Veranstaltungen kam, tragen Sie hier ein."
    )
    list_display = ("received_on", "about_shown", "kind", "channel", "state", "due_shown", "example_shown")
    list_filter = (TodoFilter, KindFilter)
    list_select_related = ("project", "handlungsfeld")
    ordering = ("received_on", "created_at", "pk")

    def get_urls(self) -> list[URLPattern]:
        pages = {"zeigen": "show", "ablehnen": "refuse", "beantworten": "answer", "aufgreifen": "take_up"}
        own = [
            path(
                f"<uuid:feedback_id>/{word}/",
                self.admin_site.admin_view(
                    require_http_methods(["GET", "HEAD", "POST"])(getattr(self, f"{name}_view"))
                ),
                name=f"pool_feedback_{name}",
            )
            for word, name in pages.items()
        ]
        review = [
            path(
                "durchsehen/",
                self.admin_site.admin_view(require_safe(self.begin_view)),
                name="pool_feedback_begin_review",
            ),
            path(
                "<uuid:feedback_id>/durchsehen/",
                self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.review_view)),
                name="pool_feedback_review",
            ),
        ]
        return [*own, *review, *super().get_urls()]

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        """Lead to the oldest one that waits to be looked through; to the list where none does."""
        require(request.user, Act.ANSWER_PUBLIC)
        row = voices_of(with_examples=self._sees_examples(request)).filter(WAITING).first()
        if row is None:
            messages.info(request, _("Keine Rückmeldung wartet auf Durchsicht."))
            return redirect(self.list_address())
        return redirect(f"{self._address('review', row)}#inhalt")

    def review_view(self, request: HttpRequest, feedback_id: object) -> HttpResponse:
        """Look through one of many: shown or not in one step, and on to the next."""
        row = self._row(request, feedback_id)
        if row.state != FeedbackState.WAITING and request.method != "POST":
            return redirect(self._address("change", row))
        upcoming = following(row, WAITING, with_examples=self._sees_examples(request))
        form = ReviewForm(request.POST if request.method == "POST" else None, feedback=row)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                status = attempt_act(form, as_form_error(lambda cleaned: self._review(row, request, cleaned)))
                if not status:
                    shown = form.cleaned_data["verdict"] == SHOW
                    done = _("Sie steht jetzt auf der Seite.") if shown else _("Sie wird nicht gezeigt.")
                    messages.success(request, done)
                    # The fragment puts the keyboard behind menu and breadcrumbs: two tabs to the choice.
                    following_page = f"{self._address('review', upcoming)}#inhalt" if upcoming else ""
                    return redirect(following_page or self.list_address())
        context = {
            "row": row,
            "form": form,
            "upcoming": f"{self._address('review', upcoming)}#inhalt" if upcoming else "",
            "left": number_to_review(with_examples=self._sees_examples(request)),
            "crumbs": self.crumbs(_("Durchsehen")),
            "about": name_of(row.project or row.handlungsfeld),
            "address": address_of(row.project or row.handlungsfeld),
            "due": after_working_days(row.received_on, FEEDBACK_PERIOD),
            "today": clock.today(),
        }
        return render(request, "admin/pool/feedback_review.html", context, status=status)

    def _review(self, row: Feedback, request: Any, cleaned: dict[str, Any]) -> object:
        if cleaned["verdict"] == SHOW:
            return show_feedback(feedback=row, public_text=cleaned["public_text"], by=request.user)
        return refuse_feedback(feedback=row, refusal=cleaned["verdict"], by=request.user)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Enter what came without the form."""
        require(request.user, Act.ANSWER_PUBLIC)
        form = EnterForm(request.POST if request.method == "POST" else None)
        page = self.page(
            _("Rückmeldung eintragen"),
            _("Rückmeldung eintragen"),
            _("Eingetragen. Sie steht jetzt bei denen, die auf Durchsicht warten."),
            lead=_("Aus einem Brief, einem Anruf oder einem Gespräch. Sie wird behandelt wie jede andere."),
        )
        return act_page(request, page, form, as_form_error(lambda cleaned: enter_feedback(by=request.user, **cleaned)))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a Rückmeldung with what can be done about it."""
        row = self.row_or_404(request, object_id)
        if request.method == "POST":
            return HttpResponseRedirect(self._address("change", row))
        acts = [
            (name, label)
            for name, label, is_open in (
                ("review", _("Durchsehen"), row.state == FeedbackState.WAITING),
                ("show", _("Wortlaut ändern"), row.state == FeedbackState.SHOWN),
                ("show", _("Doch zeigen"), row.state == FeedbackState.REFUSED and bool(row.text)),
                ("answer", _("Antwort ändern") if row.answer else _("Beantworten"), row.state == FeedbackState.SHOWN),
                ("refuse", _("Nicht zeigen"), row.state == FeedbackState.SHOWN and not row.answer),
                ("take_up", _("Als Idee aufgreifen"), row.idea_id is None and row.state != FeedbackState.REFUSED),
            )
            if is_open and self.changes(request.user)
        ]
        context = {
            "row": row,
            "facts": self._facts(row),
            "acts": [(self._address(name, row), label) for name, label in acts],
            "next": self._next_of(request, row),
            "crumbs": self.crumbs(str(row)),
            "about": name_of(row.project or row.handlungsfeld),
            "address": address_of(row.project or row.handlungsfeld),
        }
        return render(request, "admin/pool/feedback.html", context)

    def show_view(self, request: HttpRequest, feedback_id: object) -> HttpResponse:
        """Let a Rückmeldung through."""
        row = self._row(request, feedback_id)
        form = ShowForm(request.POST if request.method == "POST" else None, feedback=row)
        page = self._page_of(row, _("Öffentlich zeigen"), _("Öffentlich zeigen"), _("Sie steht jetzt auf der Seite."))
        return act_page(
            request,
            page,
            form,
            as_form_error(lambda cleaned: show_feedback(feedback=row, by=request.user, **cleaned)),
        )

    def refuse_view(self, request: HttpRequest, feedback_id: object) -> HttpResponse:
        """Keep a Rückmeldung from the public."""
        row = self._row(request, feedback_id)
        form = RefuseForm(request.POST if request.method == "POST" else None)
        told = _("Wer um eine Mail gebeten hat, erfährt den Grund. Bei Werbung und Unlesbarem geht keine hinaus.")
        page = self._page_of(
            row, _("Nicht zeigen"), _("Nicht zeigen"), _("Sie wird nicht gezeigt."), consequences=(told,)
        )
        return act_page(
            request,
            page,
            form,
            as_form_error(lambda cleaned: refuse_feedback(feedback=row, by=request.user, **cleaned)),
        )

    def answer_view(self, request: HttpRequest, feedback_id: object) -> HttpResponse:
        """Answer in public."""
        row = self._row(request, feedback_id)
        office = OrganisationUnit.objects.filter(code=OFFICE_CODE).first()
        form = AnswerForm(request.POST if request.method == "POST" else None, feedback=row, office=office)
        page = self._page_of(
            row,
            _("Öffentlich antworten"),
            _("Antwort veröffentlichen"),
            _("Die Antwort steht jetzt auf der Seite."),
            consequences=(_("Wer um eine Mail gebeten hat, bekommt sie einmal, mit dem Link zur Antwort."),),
        )
        return act_page(
            request,
            page,
            form,
            as_form_error(lambda cleaned: answer_feedback(feedback=row, by=request.user, **cleaned)),
        )

    def take_up_view(self, request: HttpRequest, feedback_id: object) -> HttpResponse:
        """Make the draft of an idea of it."""
        row = self._row(request, feedback_id)
        is_example = request.user.is_demo  # type: ignore[union-attr]
        form = TakeUpForm(request.POST if request.method == "POST" else None, is_example=is_example)
        page = self._page_of(
            row,
            _("Als Idee aufgreifen"),
            _("Entwurf anlegen"),
            _("Der Entwurf ist angelegt."),
            lead=_("Es entsteht ein Entwurf. Herkunft „Bürger:in“ und der Weg, auf dem sie kam, bleiben daran stehen."),
            consequences=(_("Öffentlich steht es erst bei der Rückmeldung, wenn die Idee veröffentlicht ist."),),
        )
        return act_page(
            request, page, form, as_form_error(lambda cleaned: take_up(feedback=row, by=request.user, **cleaned))
        )

    def _next_of(self, request: HttpRequest, row: Feedback) -> tuple[str, str] | None:
        """Return the address and the words of the next one, for which it is one's turn after this."""
        sees_all = self._sees_examples(request)
        if (upcoming := following(row, WAITING, with_examples=sees_all)) is not None:
            return self._address("review", upcoming), _("Nächste durchsehen")
        if (upcoming := following(row, UNANSWERED, with_examples=sees_all)) is not None:
            return self._address("answer", upcoming), _("Nächste beantworten")
        return None

    def _row(self, request: HttpRequest, feedback_id: object) -> Feedback:
        row: Feedback = self.row_or_404(request, str(feedback_id))
        require(request.user, Act.ANSWER_PUBLIC)
        return row

    def _address(self, name: str, row: Feedback) -> str:
        return reverse(f"admin:pool_feedback_{name}", args=[row.pk])

    def _page_of(self, row: Feedback, heading: str, button: str, done: str, **more: Any) -> DeskPage:
        facts = (Fact(_("Wortlaut"), row.text or row.public_text, row.is_example),)
        return self.page(heading, button, done, back=self._address("change", row), facts=facts, **more)

    def _facts(self, row: Feedback) -> list[Fact]:
        contact = getattr(row, "contact", None)
        pairs: list[tuple[str, object]] = [
            (_("Art"), row.get_kind_display()),
            (_("Weg"), row.get_channel_display()),
            (_("Eingegangen am"), row.received_on),
            (_("Stand"), row.get_state_display()),
            (_("Warum nicht gezeigt"), row.get_refusal_display() if row.refusal else ""),
            (_("Wortlaut, wie er ankam"), row.text or _("nach Ablauf der Frist gelöscht")),
            (_("Öffentlicher Wortlaut"), row.public_text),
            (_("Antwort"), row.answer),
            (_("Es antwortet"), row.answered_as or ""),
            (_("Name, nie öffentlich"), contact.name if contact else ""),
            (_("E-Mail-Adresse, nie öffentlich"), contact.mail if contact else ""),
            (_("Möchte eine Mail zur Antwort"), _("ja") if contact and contact.wants_answer else ""),
            (_("Idee daraus"), row.idea or ""),
        ]
        return [Fact(label, value) for label, value in pairs if value]

    @admin.display(description=gettext_lazy("Worum es geht"))
    def about_shown(self, row: Feedback) -> str:
        return str(row.project or row.handlungsfeld)

    @admin.display(description=gettext_lazy("Antwort bis"))
    def due_shown(self, row: Feedback) -> str:
        if row.answer or row.state == FeedbackState.REFUSED:
            return "–"
        due = after_working_days(row.received_on, FEEDBACK_PERIOD)
        words = f"{due:%d.%m.%Y}"
        return _("{day}, überfällig").format(day=words) if due < clock.today() else words
