"""What people can be told about projects, in the groups in which they choose whether a mail comes too."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from governance.messages.kinds import KindGroup
from governance.messages.rules import Way


class Kind(TextChoices):
    """What a person can be told about a project, as she chooses it among her preferences."""

    HANDED_IN = "handed_in", gettext_lazy("Eine Idee von mir ist eingegangen")
    REVIEW_BEGUN = "review_begun", gettext_lazy("Die Prüfung meiner Idee beginnt")
    RETURNED = "returned", gettext_lazy("Meine Idee kommt zur Überarbeitung zurück")
    NOT_ADMITTED = "not_admitted", gettext_lazy("Meine Idee wird nicht aufgenommen")
    ADMITTED = "admitted", gettext_lazy("Meine Idee kommt in den Pool")
    RATED = "rated", gettext_lazy("Meine Idee wird bewertet, neu bewertet oder wieder aufgenommen")
    DECIDED = "decided", gettext_lazy("Die Lenkungsgruppe beschließt über meine Idee")
    MERGED = "merged", gettext_lazy("Meine Idee geht in einer anderen auf, oder eine andere in ihr")
    WITHDRAWN = "withdrawn", gettext_lazy("Eine Idee, an der ich mitwirke, wird zurückgezogen")
    CORRECTED = "corrected", gettext_lazy("Im Text meiner Idee wird ein Versehen berichtigt")
    CO_AUTHOR = "co_author", gettext_lazy("Ich werde als Mitautor:in benannt")
    CO_AUTHOR_ENDED = "co_author_ended", gettext_lazy("Ich schreibe an einer Idee nicht mehr mit")
    SIDE_TEXT_KEPT = "side_text_kept", gettext_lazy("Zu meiner Idee liegt ein zweiter Text, den jemand anderes schrieb")
    READ_IN = "read_in", gettext_lazy("Eine Idee ist auf meinen Namen eingelesen oder eingetragen")
    HANDED_OVER = "handed_over", gettext_lazy("Eine Idee wird mir übergeben")
    LINKED = "linked", gettext_lazy("Ein anderes Vorhaben möchte sich mit meinem verbinden, oder die Antwort ist da")
    OPINION_WANTED = "opinion_wanted", gettext_lazy("Ich werde um ein Gutachten gebeten, oder die Bitte endet")
    MY_QUESTION_ANSWERED = "my_question_answered", gettext_lazy("Meine Rückfrage zu einem Vorhaben ist beantwortet")
    STAND_IN_NAMED = "stand_in_named", gettext_lazy("Der Vorsitz benennt mich als Vertretung der CDO für ein Vorhaben")
    JOIN_ASKED = "join_asked", gettext_lazy("Jemand möchte an meiner Idee mitwirken")
    JOIN_ANSWERED = "join_answered", gettext_lazy("Meine Bitte um Mitwirkung ist beantwortet")
    QUESTION_ASKED = "question_asked", gettext_lazy("Zu meiner Idee gibt es eine Rückfrage, oder sie ist erledigt")
    PUBLISHED = "published", gettext_lazy("Ein Vorhaben von mir wird öffentlich, oder nicht mehr")

    CONSENT_WANTED = "consent_wanted", gettext_lazy("Meine Stelle soll einem öffentlichen Text zustimmen")

    TEAM_NAMED = "team_named", gettext_lazy("Ich komme in ein Team oder verlasse es")
    PROGRESS = "progress", gettext_lazy("Ein Vorhaben von mir beginnt, schließt ab oder endet")

    IN_MY_FIELD = "in_my_field", gettext_lazy("In meinem Handlungsfeld ändert sich ein Vorhaben")

    TO_COUNTERSIGN = "to_countersign", gettext_lazy("Eine Bewertung wartet auf meine Gegenzeichnung")
    INNER_COMMENT = "inner_comment", gettext_lazy("Jemand kommentiert intern ein Vorhaben, das ich beurteile")

    ALL_ANSWERED = "all_answered", gettext_lazy("Alle Gebetenen haben sich zu einem Vorhaben geäußert")
    COUNTERSIGNED = "countersigned", gettext_lazy("Eine Bewertung ist gegengezeichnet")
    TO_CHECK = "to_check", gettext_lazy("Eine Idee wartet auf die Prüfung")
    QUESTION_ANSWERED = "question_answered", gettext_lazy("Eine Rückfrage ist beantwortet")
    OBJECTION = "objection", gettext_lazy("Jemand widerspricht der Entscheidung „nicht aufgenommen“")
    COMPLETION_PROPOSED = "completion_proposed", gettext_lazy("Ein Abschluss ist vorgeschlagen")
    CONSENT_ANSWERED = "consent_answered", gettext_lazy("Eine Stelle stimmt einem öffentlichen Text zu oder lehnt ab")
    SENT_BACK = "sent_back", gettext_lazy("Der Vorsitz gibt ein protokolliertes Ergebnis zurück")
    FEEDBACK_WAITING = "feedback_waiting", gettext_lazy("Eine Rückmeldung der Öffentlichkeit wartet auf Durchsicht")
    IN_THE_POOL = "in_the_pool", gettext_lazy("Ein Vorhaben beginnt oder wird zurückgezogen")

    INVITED = "invited", gettext_lazy("Ich bin zu einer Sitzung eingeladen, oder ihre Tagesordnung ändert sich")
    RECOMMENDED = "recommended", gettext_lazy("Der Beirat empfiehlt etwas zu einer Sitzung")
    TO_RECOMMEND = "to_recommend", gettext_lazy("Zu einer Sitzung der Lenkungsgruppe kann der Beirat empfehlen")
    ON_LIST = "on_list", gettext_lazy("Ein Vorhaben steht auf der Liste einer Sitzung")
    TO_CONFIRM = "to_confirm", gettext_lazy("Ein protokolliertes Ergebnis wartet auf meine Bestätigung")
    OBJECTION_TO_DECIDE = "objection_to_decide", gettext_lazy("Über einen Widerspruch ist zu beschließen")

    CALL_ISSUED = "call_issued", gettext_lazy("Die CDO ruft zu Ideen auf")

    DRAFT_LYING = "draft_lying", gettext_lazy("Ein Entwurf von mir liegt seit 30 Tagen")
    REVISION_DUE = "revision_due", gettext_lazy("Der Tag für meine Überarbeitung ist da")
    QUESTION_DUE = "question_due", gettext_lazy("Der Tag für meine Antwort auf eine Rückfrage ist vorbei")
    ANSWER_DUE = "answer_due", gettext_lazy("Der Tag für eine Antwort an Einreichende ist vorbei")
    REPORT_DUE = "report_due", gettext_lazy("Ein Statusbericht meines Teams ist überfällig")
    REPORT_MISSING = "report_missing", gettext_lazy("Ein Statusbericht ist überfällig")
    LOOK_AGAIN_DUE = "look_again_due", gettext_lazy("Der Tag, ein zurückgestelltes Vorhaben anzusehen, ist da")


GROUPS = (
    KindGroup(
        gettext_lazy("Meine Ideen"),
        (
            Kind.HANDED_IN, Kind.REVIEW_BEGUN, Kind.RETURNED, Kind.NOT_ADMITTED, Kind.ADMITTED, Kind.RATED,
            Kind.DECIDED, Kind.MERGED, Kind.WITHDRAWN, Kind.CORRECTED, Kind.CO_AUTHOR, Kind.CO_AUTHOR_ENDED,
            Kind.SIDE_TEXT_KEPT, Kind.READ_IN, Kind.HANDED_OVER,
            Kind.LINKED, Kind.JOIN_ASKED,
            Kind.JOIN_ANSWERED, Kind.QUESTION_ASKED, Kind.PUBLISHED, Kind.DRAFT_LYING, Kind.REVISION_DUE,
            Kind.QUESTION_DUE,
        ),
        lambda standing: standing.is_employee,
    ),
    KindGroup(
        gettext_lazy("Gutachten, Einschätzungen, Vertretung"),
        (Kind.OPINION_WANTED, Kind.MY_QUESTION_ANSWERED, Kind.STAND_IN_NAMED),
        lambda standing: standing.is_employee,
    ),
    KindGroup(
        gettext_lazy("Gegenzeichnung und interne Kommentare"),
        (Kind.TO_COUNTERSIGN, Kind.INNER_COMMENT),
        lambda standing: standing.is_cdo or bool(standing.handlungsfeld_ids) or "expert" in standing.also,
        way=Way.DAILY,
    ),
    KindGroup(
        gettext_lazy("Umsetzung"),
        (Kind.TEAM_NAMED, Kind.PROGRESS, Kind.REPORT_DUE),
        lambda standing: standing.is_employee,
    ),
    KindGroup(
        gettext_lazy("Zustimmung der Stelle"),
        (Kind.CONSENT_WANTED,),
        lambda standing: bool(standing.speaks_for),
    ),
    KindGroup(
        gettext_lazy("Aufrufe für Ideen; ohne Ihren Wunsch stehen sie nur bei den Ideen"),
        (Kind.CALL_ISSUED,),
        lambda standing: standing.is_employee,
        way=Way.OFF,
    ),
    KindGroup(
        gettext_lazy("Meine Handlungsfelder"),
        (Kind.IN_MY_FIELD,),
        lambda standing: bool(standing.handlungsfeld_ids),
        way=Way.DAILY,
    ),
    KindGroup(
        gettext_lazy("Am Schreibtisch der CDO"),
        (
            Kind.TO_CHECK, Kind.ALL_ANSWERED, Kind.COUNTERSIGNED, Kind.QUESTION_ANSWERED, Kind.OBJECTION,
            Kind.COMPLETION_PROPOSED, Kind.SENT_BACK, Kind.IN_THE_POOL, Kind.ANSWER_DUE, Kind.LOOK_AGAIN_DUE,
            Kind.FEEDBACK_WAITING, Kind.REPORT_MISSING, Kind.CONSENT_ANSWERED,
        ),
        lambda standing: standing.is_cdo,
        way=Way.DAILY,
    ),
    KindGroup(
        gettext_lazy("Lenkungsgruppe"),
        (Kind.INVITED, Kind.ON_LIST, Kind.RECOMMENDED, Kind.TO_CONFIRM, Kind.OBJECTION_TO_DECIDE),
        lambda standing: standing.is_steering,
        way=Way.DAILY,
    ),
    KindGroup(
        gettext_lazy("Geschäftsführung des Beirats"),
        (Kind.TO_RECOMMEND,),
        lambda standing: standing.is_advisory and standing.holds("advisory_office"),
        way=Way.DAILY,
    ),
)  # fmt: skip
