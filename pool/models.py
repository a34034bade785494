"""All models of the way in reading order, so that the app keeps one migrations folder."""

from pool.project.models import (  # isort: skip
    GoalLink,
    NeedLink,
    OutsidePartner,
    Project,
    ProjectMandate,
    ProjectSource,
    QuerschnittAnswer,
    TextVersion,
    Transition,
    UnitLink,
)
from pool.similarity.models import (  # isort: skip
    Difference,
    JoinRequest,
    SearchEntry,
    SearchTerm,
    SearchText,
    SynonymGroup,
)
from pool.calls.models import Call, CallIdea, CallNeed  # isort: skip
from pool.submission.models import HandOver, ProjectLink, SideText  # isort: skip
from pool.attachments.models import Attachment, AttachmentRemoval  # isort: skip
from pool.stand_ins.models import StandIn  # isort: skip
from pool.questions.models import AnswerDraft, Objection, Question, QuestionTurn  # isort: skip
from pool.gate.models import GateAnswer, GateRound  # isort: skip
from pool.maturity.models import (  # isort: skip
    Countersignature,
    InnerComment,
    Opinion,
    OpinionDraft,
    Rating,
    RatingDraft,
    SampleRating,
)
from pool.priority.models import ClassMark, Place, RuleVersion, StabilityResult  # isort: skip
from pool.decision.models import FrozenForm, ItemCorrection, MarkDecision, Sitting, SittingItem  # isort: skip
from pool.delivery.models import CompletionProposal  # isort: skip
from pool.publication.models import Consent, Picture, PublicText, Release  # isort: skip
from pool.participation.models import (  # isort: skip
    Arrival,
    Beteiligungsformat,
    Feedback,
    FeedbackContact,
    PageNote,
    PageOpinion,
    PublicMail,
    RetentionRun,
    SentForm,
    Subscription,
    WayToTakePart,
)
from pool.exchange.models import IdeaList, ListedIdea, MeetingPack  # isort: skip
from pool.casefile.models import PreparedDecision  # isort: skip
from pool.saved_filters.models import SavedFilter  # isort: skip

__all__ = [
    "AnswerDraft",
    "Arrival",
    "Attachment",
    "AttachmentRemoval",
    "Beteiligungsformat",
    "Call",
    "CallIdea",
    "CallNeed",
    "ClassMark",
    "CompletionProposal",
    "Consent",
    "Countersignature",
    "Difference",
    "Feedback",
    "FeedbackContact",
    "FrozenForm",
    "GateAnswer",
    "GateRound",
    "GoalLink",
    "HandOver",
    "IdeaList",
    "InnerComment",
    "ItemCorrection",
    "JoinRequest",
    "ListedIdea",
    "MarkDecision",
    "MeetingPack",
    "NeedLink",
    "Objection",
    "Opinion",
    "OpinionDraft",
    "OutsidePartner",
    "PageNote",
    "PageOpinion",
    "Picture",
    "Place",
    "PreparedDecision",
    "Project",
    "ProjectLink",
    "ProjectMandate",
    "ProjectSource",
    "PublicMail",
    "PublicText",
    "QuerschnittAnswer",
    "Question",
    "QuestionTurn",
    "Rating",
    "RatingDraft",
    "Release",
    "RetentionRun",
    "RuleVersion",
    "SampleRating",
    "SavedFilter",
    "SearchEntry",
    "SearchTerm",
    "SearchText",
    "SentForm",
    "SideText",
    "Sitting",
    "SittingItem",
    "StabilityResult",
    "StandIn",
    "Subscription",
    "SynonymGroup",
    "TextVersion",
    "Transition",
    "UnitLink",
    "WayToTakePart",
]
