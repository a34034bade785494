"""SEC-01, SEC-02, SEC-04: every address × every role × every method; table by hand, addresses from the resolver.

A new address without a row here fails. Roles are the demo accounts, and four more: nobody signed in, an account that
was closed while signed in, a superuser without mandate, and an employee of another office (idee2).
"""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from governance.messages.actions import tell
from governance.models import Absence, Handlungsbedarf, Handlungsfeld, Mandate, Message, OrganisationUnit
from governance.record import clock
from governance.record.actions import actor_for
from pool.calls.actions import issue_call
from pool.calls.models import Call
from pool.delivery.actions import plan_milestone
from pool.delivery.models import Milestone
from pool.message_kinds import Kind
from pool.participation.models import Feedback
from pool.project.models import Project
from pool.publication.consents import ask_consent
from pool.publication.models import ConsentRequest, Picture
from pool.questions.models import Question
from pool.similarity.models import JoinRequest
from pool.submission.models import SideText
from tests.demo import World, build_world
from tests.factories import project_at
from tests.pool.publication.publishing import written

SIGNED_OUT = {"anonymous", "deactivated"}
SIGNED_IN = {
    "idee", "idee2", "koordination", "gutachten", "cdo", "cdo-vertretung", "lenkung", "lenkung-vertretung", "beirat",
    "projektleitung", "betrieb", "ehemalig", "superuser",
}  # fmt: skip
ROLES = sorted(SIGNED_IN | SIGNED_OUT)

GROUPS = {
    "everybody": SIGNED_IN | SIGNED_OUT,
    "staff": SIGNED_IN - {"beirat", "betrieb", "ehemalig", "superuser"},
    "office": {"cdo", "cdo-vertretung"},
    "steering": {"cdo", "cdo-vertretung", "lenkung", "lenkung-vertretung"},
    "raters": {"koordination", "gutachten", "cdo", "cdo-vertretung"},
    "desk": {"cdo", "cdo-vertretung", "betrieb", "superuser"},
    "signed-in": SIGNED_IN,
}

# name | what it is opened on | methods | who gets 200; who gets something else; what the rest of those signed in get.
# G: reads only. GP: a page with a form. P: a button only. Signed out, an address that is not public leads to sign-in.
TABLE = """
    publication:home                  | -            | G  | 200 everybody
    publication:strategy              | -            | G  | 200 everybody
    publication:strategy_field        | field        | G  | 200 everybody
    publication:procedure             | -            | G  | 200 everybody
    publication:projects              | -            | G  | 200 everybody
    publication:project               | public       | G  | 200 everybody
    publication:project               | not public   | G  | 404 everybody
    publication:picture               | picture      | G  | 200 everybody
    publication:picture               | no picture   | G  | 404 everybody
    publication:open_data             | -            | G  | 200 everybody
    open_data:projects_json           | -            | G  | 200 everybody
    open_data:projects_csv            | -            | G  | 200 everybody
    open_data:project_json            | public       | G  | 200 everybody
    open_data:project_json            | not public   | G  | 404 everybody
    open_data:catalogue               | -            | G  | 200 everybody
    open_data:openapi                 | -            | G  | 200 everybody
    open_data:projects_feed           | -            | G  | 200 everybody
    open_data:project_feed            | public       | G  | 200 everybody
    open_data:field_feed              | field        | G  | 200 everybody
    open_data:sitemap                 | -            | G  | 200 everybody
    open_data:robots                  | -            | G  | 200 everybody
    publication:accessibility         | -            | G  | 200 everybody
    publication:privacy               | -            | G  | 200 everybody
    publication:imprint               | -            | G  | 200 everybody
    plain:leichte_sprache             | -            | G  | 200 everybody
    plain:gebaerdensprache            | -            | G  | 200 everybody
    publication:security_txt          | -            | G  | 200 everybody
    participation:overview            | -            | G  | 200 everybody
    participation:format              | format       | G  | 200 everybody
    participation:format              | not public   | G  | 404 everybody
    participation:calendar            | calendar     | G  | 200 everybody
    participation:feedback            | about        | GP | 200 everybody
    participation:feedback            | about nothing | GP | 404 everybody
    participation:voices              | about        | G  | 200 everybody
    participation:voices              | about nothing | G | 404 everybody
    participation:feedback_thanks     | about        | G  | 200 everybody
    participation:follow              | about        | GP | 200 everybody
    participation:follow_thanks       | about        | G  | 200 everybody
    participation:confirm             | bad link     | GP | 200 everybody
    participation:leave               | bad link     | GP | 200 everybody
    participation:helpful             | -            | GP | 200 everybody
    participation:helpful_thanks      | -            | G  | 200 everybody
    healthz                           | -            | G  | 200 everybody
    favicon                           | -            | G  | 302 everybody

    organisation:login                | -            | GP | 200 anonymous deactivated; 302 signed-in
    organisation:logout               | -            | P  | 200 signed-in
    organisation:password             | -            | GP | 200 signed-in
    organisation:password_forgotten   | -            | GP | 200 everybody
    organisation:password_sent        | -            | G  | 200 everybody
    organisation:password_new         | bad token    | GP | 200 everybody
    organisation:password_done        | -            | G  | 200 everybody
    organisation:absences             | -            | GP | 200 staff beirat betrieb; 403 rest
    messages:profile                  | -            | G  | 200 signed-in
    messages:inbox                    | -            | G  | 200 signed-in
    messages:read_all                 | -            | P  | 200 signed-in
    messages:open                     | message      | P  | 200 idee; 404 rest
    messages:preferences              | -            | GP | 200 signed-in

    saved_filters:save                | filter list  | P  | 200 signed-in
    saved_filters:edit                | no sitting   | GP | 404 signed-in

    submission:mine                   | -            | G  | 200 staff; 403 rest
    submission:pool                   | -            | G  | 200 staff; 403 rest
    submission:new                    | -            | GP | 200 staff; 403 rest
    submission:edit                   | draft        | GP | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    submission:edit                   | returned     | GP | 200 idee; 403 office koordination beirat betrieb ehemalig superuser; 404 rest
    submission:edit                   | pooled       | GP | 403 rest
    submission:check                  | draft        | GP | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    submission:check                  | pooled       | GP | 403 rest
    submission:autosave_new           | -            | P  | 200 staff; 403 rest
    submission:autosave               | draft        | P  | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    submission:autosave               | pooled       | P  | 403 rest
    submission:compare                | side text    | GP | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    submission:links                  | draft        | GP | 200 idee cdo; 403 cdo-vertretung beirat betrieb ehemalig superuser; 404 rest
    submission:links                  | pooled       | GP | 200 idee cdo; 403 rest
    submission:links                  | running      | GP | 200 idee cdo projektleitung; 403 rest
    submission:submitted              | submitted    | G  | 200 idee koordination office; 403 beirat betrieb ehemalig superuser; 404 rest
    similarity:suggestions            | -            | P  | 200 staff; 403 rest
    similarity:different              | draft        | GP | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    similarity:different              | pooled       | GP | 403 rest
    similarity:join                   | assessed     | GP | 200 staff; 403 rest
    similarity:join                   | draft        | GP | 403 beirat betrieb ehemalig superuser; 404 rest
    similarity:answer                 | joined       | GP | 200 idee; 403 rest
    questions:ask                     | submitted    | GP | 200 cdo; 403 idee koordination cdo-vertretung beirat betrieb ehemalig superuser; 404 rest
    questions:ask                     | pooled       | GP | 200 cdo koordination gutachten; 403 rest
    questions:thread                  | asked        | GP | 200 idee koordination office lenkung lenkung-vertretung; 403 rest
    questions:object                  | rejected     | GP | 200 idee; 403 koordination office beirat betrieb ehemalig superuser; 404 rest
    questions:object                  | pooled       | GP | 403 rest
    casefile:rights                   | -            | G  | 200 staff; 403 rest
    casefile:detail                   | draft        | G  | 200 idee office; 403 beirat betrieb ehemalig superuser; 404 rest
    casefile:detail                   | submitted    | G  | 200 idee koordination office; 403 beirat betrieb ehemalig superuser; 404 rest
    casefile:detail                   | pooled       | G  | 200 staff; 403 rest
    casefile:detail                   | assessed     | G  | 200 staff; 403 rest
    casefile:detail                   | running      | G  | 200 staff; 403 rest
    casefile:detail                   | no project   | G  | 403 beirat betrieb ehemalig superuser; 404 rest
    casefile:withdraw                 | draft        | GP | 200 idee cdo; 403 cdo-vertretung beirat betrieb ehemalig superuser; 404 rest
    casefile:withdraw                 | pooled       | GP | 200 idee cdo; 403 rest
    casefile:withdraw                 | running      | GP | 403 rest
    casefile:start                    | commissioned | GP | 200 projektleitung; 403 rest
    casefile:start                    | running      | GP | 403 rest
    delivery:projects                 | -            | G  | 200 office projektleitung; 403 rest
    delivery:project                  | running      | G  | 200 office projektleitung; 403 rest
    delivery:project                  | completed    | G  | 200 office; 404 projektleitung; 403 rest
    delivery:project                  | assessed     | G  | 404 office projektleitung; 403 rest
    delivery:plan                     | running      | GP | 200 office projektleitung; 403 rest
    delivery:plan                     | completed    | GP | 404 projektleitung; 403 rest
    delivery:report                   | running      | GP | 200 office projektleitung; 403 rest
    delivery:shift                    | milestone    | GP | 200 office projektleitung; 403 rest
    delivery:rename                   | milestone    | GP | 200 office projektleitung; 403 rest
    delivery:reach                    | milestone    | GP | 200 office projektleitung; 403 rest
    delivery:give_up                  | milestone    | GP | 200 office projektleitung; 403 rest
    delivery:reach                    | no milestone | GP | 404 office projektleitung; 403 rest
    casefile:propose_completion       | running      | GP | 200 projektleitung; 403 rest
    casefile:propose_completion       | commissioned | GP | 403 rest
    casefile:co_author                | draft        | GP | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    casefile:co_author                | pooled       | GP | 403 rest
    casefile:end_co_author            | draft        | GP | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    casefile:end_co_author            | pooled       | GP | 403 rest
    casefile:hand_over                | draft        | GP | 200 idee cdo; 403 cdo-vertretung beirat betrieb ehemalig superuser; 404 rest
    casefile:hand_over                | pooled       | GP | 200 idee cdo; 403 rest
    casefile:hand_over                | completed    | GP | 403 rest
    casefile:name_submitter           | pooled       | GP | 403 rest
    casefile:begin_again              | rejected     | GP | 200 idee; 403 koordination office beirat betrieb ehemalig superuser; 404 rest
    casefile:begin_again              | pooled       | GP | 403 rest

    consent:answer                    | consent asked | GP | 200 idee2; 403 rest
    consent:answer                    | running      | GP | 403 rest
    consent:preview                   | preview      | GP | 200 idee2 cdo; 403 rest
    consent:preview_english           | preview      | G  | 200 idee2 cdo; 403 rest

    casefile:in_place_gate             | submitted    | GP | 403 idee koordination office beirat betrieb ehemalig superuser; 404 rest
    casefile:in_place_rating           | pooled       | GP | 403 rest
    casefile:in_place_class            | assessed     | GP | 403 rest
    casefile:in_place_release          | running      | GP | 403 rest
    casefile:in_place_list             | assessed     | GP | 403 rest
    casefile:in_place_admit            | submitted    | GP | 403 idee koordination office beirat betrieb ehemalig superuser; 404 rest
    casefile:in_place_return           | submitted    | GP | 403 idee koordination office beirat betrieb ehemalig superuser; 404 rest
    casefile:in_place_decline          | submitted    | GP | 403 idee koordination office beirat betrieb ehemalig superuser; 404 rest
    casefile:in_place_reopen           | assessed     | GP | 403 rest
    casefile:in_place_merge            | pooled       | GP | 403 rest
    casefile:in_place_complete         | running      | GP | 403 rest

    coordination:queue                | -            | G  | 200 raters; 403 rest
    coordination:next                 | -            | G  | 302 raters; 403 rest
    coordination:ranking              | -            | G  | 200 raters; 403 rest
    coordination:needs                | -            | G  | 200 raters; 403 rest
    coordination:questions            | -            | G  | 200 raters; 403 rest
    coordination:samples              | -            | G  | 200 raters; 403 rest
    coordination:to_countersign       | -            | G  | 200 raters; 403 rest
    coordination:countersign          | assessed     | GP | 200 koordination office; 403 rest
    coordination:countersign          | no project   | GP | 404 raters; 403 rest
    coordination:opinion              | pooled       | GP | 200 raters; 403 rest
    coordination:opinion              | assessed     | GP | 200 raters; 403 rest
    coordination:opinion              | draft        | GP | 302 office; 404 koordination gutachten; 403 rest
    coordination:opinion              | running      | GP | 200 koordination office; 403 rest
    coordination:comment              | pooled       | P  | 200 raters; 403 rest
    coordination:black_out            | comment      | P  | 200 office; 403 rest

    steering:dashboard                | -            | G  | 200 steering beirat; 403 rest
    steering:ranking                  | -            | G  | 200 steering beirat; 403 rest
    steering:what_if                  | -            | G  | 200 steering beirat; 403 rest
    steering:movement                 | -            | G  | 200 steering beirat; 403 rest
    steering:projects                 | -            | G  | 200 steering beirat; 403 rest
    steering:coverage                 | -            | G  | 200 steering beirat; 403 rest
    calls:new                         | -            | GP | 200 cdo; 403 rest
    calls:end                         | call         | P  | 200 cdo; 403 rest
    steering:place                    | assessed     | G  | 200 steering beirat; 403 rest
    steering:place                    | draft        | G  | 404 steering beirat; 403 rest
    decision:resolutions              | -            | G  | 200 steering beirat; 403 rest
    decision:resolution               | beschluss    | G  | 200 steering beirat; 403 rest
    decision:resolution               | listed       | G  | 404 steering beirat; 403 rest
    decision:correct                  | beschluss    | GP | 200 cdo; 403 rest
    decision:correct                  | listed       | GP | 404 steering; 403 rest
    decision:sittings                 | -            | G  | 200 steering; 403 rest
    decision:new_sitting              | -            | GP | 200 cdo; 403 rest
    decision:sitting                  | open         | G  | 200 steering; 403 rest
    decision:sitting                  | closed       | G  | 200 steering; 403 rest
    decision:sitting                  | no sitting   | G  | 404 steering; 403 rest
    decision:list                     | open         | GP | 200 cdo; 403 rest
    decision:fill                     | open         | GP | 200 cdo; 403 rest
    decision:draft_rule               | open         | GP | 200 cdo; 403 rest
    decision:invite                   | open         | GP | 200 cdo; 403 rest
    decision:begin                    | open         | P  | 200 lenkung; 403 rest
    decision:attendance               | open         | GP | 200 cdo; 403 rest
    decision:show                     | presented    | G  | 200 steering; 403 rest
    decision:recommendations          | -            | G  | 200 steering beirat; 403 rest
    decision:recommend                | listed       | GP | 403 rest
    decision:meet_condition           | beschluss    | GP | 200 cdo; 403 rest
    decision:move                     | listed       | P  | 200 cdo; 403 rest
    decision:print                    | open         | G  | 200 steering; 403 rest
    decision:close                    | open         | GP | 200 lenkung; 403 rest
    decision:name_stand_in            | open         | GP | 200 lenkung lenkung-vertretung; 403 rest
    decision:name_stand_in            | closed       | GP | 302 lenkung lenkung-vertretung; 403 rest
    decision:end_stand_in             | no sitting   | P  | 404 steering; 403 rest
    decision:item                     | listed       | G  | 200 steering; 403 rest
    decision:item                     | recorded     | G  | 200 steering; 403 rest
    decision:propose                  | listed       | GP | 200 cdo; 403 rest
    decision:record                   | proposed     | GP | 200 cdo; 403 rest
    decision:confirm                  | recorded     | P  | 200 lenkung; 403 rest
    decision:send_back                | recorded     | P  | 200 lenkung; 403 rest
    decision:adjourn                  | listed       | P  | 200 cdo; 403 rest
    decision:drop                     | listed       | P  | 200 cdo; 403 rest
    decision:take_off_list            | listed       | P  | 200 cdo; 403 rest

    attachments:page                  | draft        | GP | 200 idee; 403 office beirat betrieb ehemalig superuser; 404 rest
    attachments:page                  | pooled       | GP | 403 rest
    attachments:download              | attachment   | G  | 200 staff; 403 rest
    attachments:remove                | attachment   | P  | 403 rest

    exchange:mine                     | xlsx         | G  | 200 staff; 403 rest
    exchange:pool                     | xlsx         | G  | 200 staff; 403 rest
    exchange:pool                     | csv          | G  | 200 staff; 403 rest
    exchange:desk                     | csv          | G  | 200 office; 403 rest
    exchange:import_ideas             | -            | GP | 200 cdo; 403 rest
    exchange:idea_template            | template     | G  | 200 cdo; 403 rest
    exchange:delivered                | xlsx         | G  | 200 office projektleitung; 403 rest
    exchange:projects                 | csv          | G  | 200 steering beirat; 403 rest
    exchange:ranking                  | xlsx         | G  | 200 steering beirat; 403 rest
    exchange:resolutions              | csv          | G  | 200 steering beirat; 403 rest
    exchange:meeting_pack             | open         | G  | 200 steering; 403 rest
    exchange:meeting_pack             | closed       | G  | 200 steering; 403 rest
    exchange:meeting_pack             | no sitting   | G  | 404 steering; 403 rest
    exchange:meeting_pack_file        | open pdf     | G  | 200 steering; 403 rest
    exchange:meeting_pack_file        | closed xlsx  | G  | 200 steering; 403 rest
    exchange:make_pack                | open         | P  | 200 cdo; 403 rest

    admin:index                       | -            | G  | 200 desk; 403 rest
    admin:login                       | -            | G  | 302 everybody
    admin:logout                      | -            | P  | 200 desk; 403 rest
    admin:password_change             | -            | G  | 302 desk; 403 rest
    admin:password_change_done        | -            | G  | 302 desk; 403 rest
    admin:autocomplete                | -            | G  | 403 rest
    admin:jsi18n                      | -            | G  | 200 desk; 403 rest
    admin:view_on_site                | nothing      | G  | 404 desk; 403 rest
    admin:app_list                    | pool         | G  | 200 office; 404 betrieb superuser; 403 rest
    admin:app_list                    | governance   | G  | 200 office betrieb; 404 superuser; 403 rest
    admin:pool_project_changelist     | -            | GP | 200 office; 403 rest
    admin:pool_project_add            | -            | GP | 403 rest
    admin:pool_project_change         | pooled       | G  | 200 office; 403 rest
    admin:pool_project_history        | pooled       | G  | 302 office; 403 rest
    admin:pool_project_delete         | pooled       | GP | 403 rest
    admin:pool_project_prioritisation | -            | GP | 200 office; 403 rest
    admin:pool_project_flow           | -            | GP | 302 office; 403 rest
    admin:pool_project_prepared       | -            | GP | 200 office; 403 rest
    admin:pool_project_bulk           | -            | GP | 302 office; 403 rest
    admin:pool_project_take_over      | -            | GP | 200 cdo; 403 rest
    admin:pool_project_gate           | submitted    | GP | 200 cdo; 403 rest
    admin:pool_project_gate           | pooled       | GP | 302 office; 403 rest
    admin:pool_project_links          | submitted    | GP | 200 cdo; 403 rest
    admin:pool_project_rating         | pooled       | GP | 200 cdo; 403 rest
    admin:pool_project_rating         | submitted    | GP | 302 office; 403 rest
    admin:pool_project_experts        | pooled       | GP | 200 cdo; 403 rest
    admin:pool_project_experts        | assessed     | GP | 302 office; 403 rest
    admin:pool_project_class          | assessed     | GP | 200 cdo; 403 rest
    admin:pool_project_correct        | pooled       | GP | 200 cdo; 403 rest
    admin:pool_project_release        | running      | GP | 200 cdo; 403 rest
    admin:pool_project_release        | submitted    | GP | 403 rest
    admin:pool_project_admit          | submitted    | GP | 200 cdo; 403 rest
    admin:pool_project_return         | submitted    | GP | 200 cdo; 403 rest
    admin:pool_project_decline        | submitted    | GP | 200 cdo; 403 rest
    admin:pool_project_reopen         | assessed     | GP | 200 cdo; 403 rest
    admin:pool_project_resume         | deferred     | GP | 200 cdo; 403 rest
    admin:pool_project_merge          | pooled       | GP | 200 cdo; 403 rest
    admin:pool_project_withdraw       | pooled       | GP | 200 cdo; 403 rest
    admin:pool_project_stop           | running      | GP | 403 rest
    admin:pool_project_complete       | running      | GP | 200 cdo; 403 rest
    admin:pool_project_team           | commissioned | GP | 200 cdo; 403 rest

    admin:pool_feedback_changelist    | -            | GP | 200 office; 403 rest
    admin:pool_feedback_add           | -            | GP | 200 office; 403 rest
    admin:pool_feedback_change        | row          | GP | 200 office; 403 rest
    admin:pool_feedback_history       | row          | G  | 302 office; 403 rest
    admin:pool_feedback_delete        | row          | GP | 403 rest
    admin:pool_feedback_begin_review  | -            | G  | 302 office; 403 rest
    admin:pool_feedback_review        | waiting voice | GP | 200 office; 403 rest
    admin:pool_feedback_show          | row          | GP | 200 office; 403 rest
    admin:pool_feedback_refuse        | row          | GP | 200 office; 403 rest
    admin:pool_feedback_answer        | row          | GP | 200 office; 403 rest
    admin:pool_feedback_take_up       | row          | GP | 200 office; 403 rest
    admin:pool_beteiligungsformat_changelist | -     | GP | 200 office; 403 rest
    admin:pool_beteiligungsformat_add | -            | GP | 200 office; 403 rest
    admin:pool_beteiligungsformat_change | row       | GP | 200 office; 403 rest
    admin:pool_beteiligungsformat_history | row      | G  | 302 office; 403 rest
    admin:pool_beteiligungsformat_delete | row       | GP | 403 rest
    admin:pool_waytotakepart_changelist | -          | GP | 200 office; 403 rest
    admin:pool_waytotakepart_add      | -            | GP | 200 office; 403 rest
    admin:pool_waytotakepart_change   | row          | GP | 200 office; 403 rest
    admin:pool_waytotakepart_history  | row          | G  | 302 office; 403 rest
    admin:pool_waytotakepart_delete   | row          | GP | 403 rest
    admin:pool_pageopinion_changelist | -            | GP | 200 office; 403 rest
    admin:pool_pageopinion_add        | -            | GP | 403 rest
    admin:pool_pageopinion_change     | row          | G  | 302 office; 403 rest
    admin:pool_pageopinion_history    | row          | G  | 302 office; 403 rest
    admin:pool_pageopinion_delete     | row          | GP | 403 rest
    admin:pool_pagenote_changelist    | -            | GP | 200 office; 403 rest
    admin:pool_pagenote_add           | -            | GP | 403 rest
    admin:pool_pagenote_change        | row          | G  | 302 office; 403 rest
    admin:pool_pagenote_history       | row          | G  | 302 office; 403 rest
    admin:pool_pagenote_delete        | row          | GP | 403 rest

    admin:pool_synonymgroup_changelist | -           | GP | 200 office; 403 rest
    admin:pool_synonymgroup_add       | -            | GP | 200 cdo; 403 rest
    admin:pool_synonymgroup_change    | row          | GP | 200 office; 403 rest
    admin:pool_synonymgroup_history   | row          | G  | 302 office; 403 rest
    admin:pool_synonymgroup_delete    | row          | GP | 403 rest
    admin:pool_synonymgroup_drop      | row          | GP | 200 cdo; 403 rest

    admin:governance_mandate_changelist | -      | GP | 200 office betrieb; 403 rest
    admin:governance_mandate_add      | -            | GP | 200 cdo betrieb; 403 rest
    admin:governance_mandate_change   | row          | GP | 200 betrieb; 404 office; 403 rest
    admin:governance_mandate_history  | row          | G  | 302 betrieb; 404 office; 403 rest
    admin:governance_mandate_delete   | row          | GP | 403 rest
    admin:governance_mandate_end      | row          | GP | 200 betrieb; 404 office; 403 rest
    admin:governance_mandate_end      | coordination | GP | 200 cdo betrieb; 403 rest
    admin:governance_mandate_change   | coordination | GP | 200 office betrieb; 403 rest
    admin:governance_absence_changelist | -      | GP | 200 betrieb; 403 rest
    admin:governance_absence_add      | -            | GP | 200 betrieb; 403 rest
    admin:governance_absence_change   | row          | G  | 302 betrieb; 403 rest
    admin:governance_absence_history  | row          | G  | 302 betrieb; 403 rest
    admin:governance_absence_delete   | row          | GP | 403 rest
    admin:governance_mail_changelist  | -            | GP | 200 betrieb; 403 rest
    admin:governance_mail_add         | -            | GP | 403 rest
    admin:governance_mail_change      | row          | G  | 302 betrieb; 403 rest
    admin:governance_mail_history     | row          | G  | 302 betrieb; 403 rest
    admin:governance_mail_delete      | row          | GP | 403 rest
    admin:governance_mail_retry       | -            | GP | 200 betrieb; 403 rest
    admin:governance_user_changelist  | -            | GP | 200 betrieb; 403 rest
    admin:governance_user_add         | -            | GP | 200 betrieb; 403 rest
    admin:governance_user_change      | row          | GP | 200 betrieb; 403 rest
    admin:governance_user_history     | row          | G  | 302 betrieb; 403 rest
    admin:governance_user_delete      | row          | GP | 403 rest
    admin:governance_organisationunit_changelist | - | GP | 200 office betrieb; 403 rest
    admin:governance_organisationunit_add | -    | GP | 200 betrieb; 403 rest
    admin:governance_organisationunit_import | - | GP | 200 betrieb; 403 rest
    admin:governance_organisationunit_tree | template | G | 200 betrieb; 403 rest
    admin:governance_organisationunit_change | row | GP | 200 office betrieb; 403 rest
    admin:governance_organisationunit_history | row | G | 302 office betrieb; 403 rest
    admin:governance_organisationunit_delete | row | GP | 403 rest
"""  # noqa: E501

# What rows are opened on that give a file and no page.
FILES = {"xlsx", "csv", "attachment", "template", "open pdf", "closed xlsx", "calendar", "picture"}
# Addresses that give a file and no page whatever they are opened on.
NO_PAGES = {
    "healthz", "publication:security_txt", "admin:jsi18n", "open_data:projects_json", "open_data:projects_csv",
    "open_data:project_json", "open_data:catalogue", "open_data:openapi", "open_data:projects_feed",
    "open_data:project_feed", "open_data:field_feed", "open_data:sitemap", "open_data:robots",
}  # fmt: skip
# Forms for everybody: sent without the portal's own token they are refused (403), whoever is signed in.
PUBLIC_FORMS = {
    "participation:feedback", "participation:follow", "participation:confirm", "participation:leave",
    "participation:helpful",
}  # fmt: skip

# The parts of the frame stand side by side at the desk: the CDO's office reads them, nobody adds or deletes any.
FRAME = [
    "edition", "visionquestion", "leitlinie", "querschnittsthema", "uebergeordneterbaustein", "handlungsfeld",
    "strategicgoal", "handlungsbedarf", "sdg", "stadtteil", "grundkriterium", "reifegrad", "rubricversion",
]  # fmt: skip
FRAME_TABLE = """
    admin:governance_{part}_changelist | -   | GP | 200 office; 403 rest
    admin:governance_{part}_add        | -   | GP | 403 rest
    admin:governance_{part}_change     | row | GP | 200 office; 403 rest
    admin:governance_{part}_history    | row | G  | 302 office; 403 rest
    admin:governance_{part}_delete     | row | GP | 403 rest
"""

# The table of rooms, as promised.
ROOMS = """
    room                          | idee idee2 | koordination | gutachten | cdo cdo-vertretung | lenkung lenkung-vertretung | beirat | projektleitung | betrieb | ehemalig
    /ideen/                       | 200        | 200          | 200       | 200                | 200                        | 403    | 200            | 403     | 403
    /ideen/neu/                   | 200        | 200          | 200       | 200                | 200                        | 403    | 200            | 403     | 403
    /koordination/                | 403        | 200          | 200       | 200                | 403                        | 403    | 403            | 403     | 403
    /lenkungsgruppe/              | 403        | 403          | 403       | 200                | 200                        | 200    | 403            | 403     | 403
    /lenkungsgruppe/rangliste/    | 403        | 403          | 403       | 200                | 200                        | 200    | 403            | 403     | 403
    /lenkungsgruppe/beschluesse/  | 403        | 403          | 403       | 200                | 200                        | 200    | 403            | 403     | 403
    /lenkungsgruppe/sitzungen/    | 403        | 403          | 403       | 200                | 200                        | 403    | 403            | 403     | 403
    /umsetzung/                   | 403        | 403          | 403       | 200                | 403                        | 403    | 200            | 403     | 403
    /admin/                       | 403        | 403          | 403       | 200                | 403                        | 403    | 403            | 200     | 403
"""  # noqa: E501


class Row:
    """One line of the table."""

    def __init__(self, line: str) -> None:
        self.name, self.opened_on, self.methods, answers = (part.strip() for part in line.split("|"))
        self.answers: dict[str, int] = {}
        for part in answers.split(";"):
            status, *parties = part.split()
            for party in parties:
                roles = SIGNED_IN - set(self.answers) if party == "rest" else GROUPS.get(party, {party})
                for role in roles:
                    assert role in ROLES, role
                    assert role not in self.answers, f"{self} names {role} twice"
                    self.answers[role] = int(status)
        for role in SIGNED_OUT - set(self.answers):
            self.answers[role] = 302
        assert set(self.answers) == set(ROLES), self

    def __repr__(self) -> str:
        return f"{self.name} on {self.opened_on}"


def rows() -> Iterator[Row]:
    tables = [TABLE, *(FRAME_TABLE.format(part=part) for part in FRAME)]
    yield from (Row(line) for table in tables for line in table.strip().splitlines() if line.strip())


ROWS = list(rows())


def addresses() -> Iterator[tuple[str, str]]:
    """Yield (name, route) of everything the resolver knows."""

    def walk(resolver, prefix: str, namespace: str) -> Iterator[tuple[str, str]]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern, route, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""))
            else:
                yield f"{namespace}{pattern.name or ''}", route

    return walk(get_resolver(), "", "")


def test_every_address_of_the_resolver_has_a_row():
    named = {name for name, _route in addresses() if not name.endswith(":")}
    assert named == {row.name for row in ROWS}


def test_only_the_admins_own_addresses_have_no_name():
    """They are the short address of a row, and the page for what is not there."""
    unnamed = {route for name, route in addresses() if name.endswith(":") or not name}
    short = {route for route in unnamed if route.startswith("admin/") and route.endswith("<path:object_id>/")}
    assert unnamed - short == {"admin/(?P<url>.*)$"}


# --- One world for all --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(module_db) -> World:
    made = build_world()
    person = actor_for(made.people["cdo"])
    day = clock.today().replace(year=clock.today().year + 1)
    Absence.objects.create(person=person, first_day=day, last_day=day, entered_by=person, entered_at=clock.now())
    tell(people=[actor_for(made.people["idee"]).pk], kind=Kind.ADMITTED, subject="Ihre Idee", address="/ideen/")
    return made


@pytest.fixture(scope="module")
def clients(world) -> dict[str, Client]:
    return {role: world.client(role, raise_request_exception=False) for role in ROLES}


def address_of(row: Row, world: World) -> str:
    """Return the address of a row in the world at hand."""
    opened_on, name = row.opened_on, row.name
    if name == "similarity:different":
        return reverse(name, args=[world.projects[opened_on].pk, world.projects["running"].pk])
    if name == "similarity:answer":
        asked = JoinRequest.objects.get()
        return reverse(name, args=[asked.project_id, asked.pk])
    if name == "questions:thread":
        question = Question.objects.get()
        return reverse(name, args=[question.project_id, question.pk])
    if name == "steering:place":
        return reverse(name, args=[world.projects[opened_on].pool_number or 10**8])
    if name.startswith("decision:") and opened_on in world.items:
        item = world.items[opened_on]
        if name in ("decision:resolution", "decision:correct", "decision:recommend", "decision:meet_condition"):
            return reverse(name, args=[item.pk])
        return reverse(name, args=[item.sitting_id, item.pk])
    if opened_on == "attachment":
        return reverse(name, args=[world.attachment.project_id, world.attachment.pk])
    special = {
        "field": lambda: [Handlungsfeld.objects.first().slug],
        "public": lambda: [world.public.slug],
        "not public": lambda: ["gibt-es-nicht"],
        "picture": lambda: [Picture.objects.get().sha256],
        "no picture": lambda: ["a" * 64],
        "format": lambda: [world.participation.slug],
        "calendar": lambda: [world.participation.slug],
        "about": lambda: ["projekt", world.public.slug],
        "about nothing": lambda: ["projekt", "gibt-es-nicht"],
        "bad link": lambda: ["abc"],
        "bad token": lambda: ["MQ", "abc-def"],
        "beschluss": lambda: [world.beschluss.pk],
        "open": lambda: [world.open_sitting.pk],
        "closed": lambda: [world.closed_sitting.pk],
        "presented": lambda: [world.open_sitting.pk, 1],
        "side text": lambda: side_text_of(world),
        "call": lambda: [call_of(world).pk],
        "milestone": lambda: [world.projects["running"].pk, milestone_of(world).pk],
        "no milestone": lambda: [world.projects["running"].pk, 10**9],
        "consent asked": lambda: [consent_request_of(world).project_id],
        "preview": lambda: [consent_request_of(world).project_id, consent_request_of(world).text.number],
        "no sitting": lambda: [10**9],
        "open pdf": lambda: [world.open_sitting.pk, "pdf"],
        "closed xlsx": lambda: [world.closed_sitting.pk, "xlsx"],
        "filter list": lambda: ["steering"],
        "message": lambda: [Message.objects.filter(person=actor_for(world.people["idee"])).first().pk],
        "no project": lambda: ["00000000-0000-4000-8000-000000000000"],
        "nothing": lambda: [1, "1"],
        "template": lambda: [],
        "xlsx": lambda: ["xlsx"],
        "csv": lambda: ["csv"],
        "pool": lambda: ["pool"],
        "comment": lambda: [world.projects["pooled"].pk, world.comment.pk],
        "governance": lambda: ["governance"],
        "row": lambda: [row_of(name).pk],
        "waiting voice": lambda: [Feedback.objects.filter(state="waiting").first().pk],
        "coordination": lambda: [Mandate.objects.filter(role="coordinator", valid_until=None).first().pk],
        "-": lambda: [],
    }
    arguments = special[opened_on]() if opened_on in special else [world.projects[opened_on].pk]
    return reverse(name, args=arguments)


def milestone_of(world: World) -> Milestone:
    """Return the one milestone of this world."""
    return Milestone.objects.first() or plan_milestone(
        project=world.projects["running"],
        title="Die Termine sind im Netz",
        day=clock.today(),
        by=world.people["projektleitung"],
    )


def consent_request_of(world: World) -> ConsentRequest:
    """Return the one request for consent of this world; `idee2` speaks for the unit that is asked."""
    asked = ConsentRequest.objects.first()
    if asked is not None:
        return asked
    stadtwerke = OrganisationUnit.objects.get(code="msw")
    project = project_at("running", title="Beispiel Zustimmung", lead_unit=stadtwerke, is_example=True)
    cdo = world.people["cdo"]
    return ask_consent(text=written(project, cdo), unit=stadtwerke, token=uuid4(), by=cdo)


def call_of(world: World) -> Call:
    """Return the one call for ideas of this world."""
    return Call.objects.first() or issue_call(
        title="Gesucht",
        text="Ein Satz.",
        needs=Handlungsbedarf.objects.all()[:1],
        first_day=clock.today(),
        last_day=clock.today(),
        by=world.people["cdo"],
    )


def side_text_of(world: World) -> list[object]:
    """Return the address of a text that was kept beside the draft."""
    draft = world.projects["draft"]
    row, _is_new = SideText.objects.get_or_create(
        project=draft,
        by=actor_for(world.people["idee"]),
        window=UUID(int=1),
        defaults={"content": {"problem": "Aufgehoben"}, "begun_at": clock.now(), "written_at": clock.now()},
    )
    return [draft.pk, row.pk]


def row_of(name: str):
    """Return a row that is nobody's of those who may change such rows."""
    label, model = name.removeprefix("admin:").split("_")[:2]
    if model == "mandate":
        return Mandate.objects.get(role="chair", deputy_for=None)
    return apps.get_model(label, model).objects.order_by("pk").last()


def dump() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but the sessions, which note that somebody was there."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model is not Session
    }


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_everybody_gets_the_answer_of_the_table(row, world, clients, db):
    address = address_of(row, world)
    expected = {role: 405 if row.methods == "P" and role in SIGNED_IN else row.answers[role] for role in ROLES}
    if row.name == "admin:logout":
        expected = {role: 403 if row.answers[role] == 403 else expected[role] for role in ROLES}
    answered = {role: client.get(address).status_code for role, client in clients.items()}
    assert answered == expected


@pytest.mark.parametrize("row", [row for row in ROWS if 302 in {row.answers[role] for role in SIGNED_OUT}], ids=repr)
def test_signed_out_an_inner_address_leads_to_sign_in_and_back(row, world, clients, db):
    address = address_of(row, world)
    if row.name in ("favicon", "admin:login") or row.methods == "P":
        return
    for role in SIGNED_OUT:
        assert clients[role].get(address).url == f"/konto/login/?next={address}", role


# Enough to show every kind of refusal; besides them post those who may.
POSTING = {"anonymous", "deactivated", "idee2", "cdo-vertretung", "beirat", "betrieb", "superuser"}


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_posting_changes_nothing_for_those_who_may_not(row, world, clients, db):
    """An empty form is posted: whoever may not see the page is refused and changes nothing; never a crash."""
    address = address_of(row, world)
    if row.name.endswith("logout"):
        clients = {role: world.client(role) for role in ROLES}
    before = _versions()
    for role in sorted(role for role in POSTING if row.answers[role] != 200):
        # Whoever sees the project gets the page back with what was typed and the refusal above it: 409 or 422.
        refused = {302, 403, 404, 405, 409, 422} | ({200} if "correct" in row.name else set())
        assert clients[role].post(address, {}).status_code in refused, role
    assert _versions() == before
    for role in (role for role, status in row.answers.items() if status == 200):
        with transaction.atomic():
            status = clients[role].post(address, {}).status_code
            taken = {403} if row.name in PUBLIC_FORMS else {200, 302, 404, 409, 422}
            assert status == 405 if row.methods == "G" else status in taken, (role, status)
            transaction.set_rollback(True)
        if row.methods == "G":
            break


def _versions() -> list[tuple[object, ...]]:
    return list(Project.objects.order_by("pk").values_list("pk", "version", "step"))


# What scripts of other websites may read, and therefore ask about first.
ANSWER_PREFLIGHT = {
    f"open_data:{name}" for name in ("projects_json", "projects_csv", "project_json", "catalogue", "openapi")
}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_other_methods_are_answered_405_everywhere(method, world, clients, db):
    wrong = []
    asked = {row.name: row for row in ROWS if not (method == "OPTIONS" and row.name in ANSWER_PREFLIGHT)}
    for row in asked.values():
        status = clients["cdo"].generic(method, address_of(row, world)).status_code
        wrong += [f"{row}: {status}"] if status != 405 else []
    wrong += [] if clients["anonymous"].generic(method, "/ideen/").status_code == 405 else ["signed out"]
    assert not wrong, "\n".join(wrong)


def test_a_method_in_a_header_is_not_believed(world, clients, db):
    project = world.projects["draft"]
    address = reverse("casefile:withdraw", args=[project.pk])
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        clients["idee"].get(address, headers={header: "POST"})
    assert Project.objects.get(pk=project.pk).step == "draft"


def test_posting_without_the_forms_token_is_refused_everywhere(world, db):
    wrong = []
    for role in ("cdo", "anonymous"):
        client = world.client(role, enforce_csrf_checks=True)
        for row in {row.name: row for row in ROWS}.values():
            status = client.post(address_of(row, world), {"username": "idee", "password": "x"}).status_code
            # What only reads takes no form at all, with or without its token.
            refused = (403,) if "P" in row.methods else (403, 405)
            wrong += [f"{row} {role}: {status}"] if status not in refused else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["cdo", "lenkung", "betrieb"])
def test_reading_changes_nothing(role, world, clients, db):
    """All that a role may open is read; afterwards every table holds the same rows."""
    open_rows = {row.name: row for row in ROWS if row.answers[role] in (200, 302)}.values()
    addresses_of_rows = [(row, address_of(row, world)) for row in open_rows]  # some make what they are opened on
    before = dump()
    for row, address in addresses_of_rows:
        assert clients[role].get(address).status_code < 400 or row.methods == "P", row
    after = dump()
    assert {table for table in before if before[table] != after[table]} == set()


@pytest.mark.parametrize("address", ["/", "/ideen/", "/ideen/neu/", "/lenkungsgruppe/rangliste/", "/admin/"])
def test_asking_for_the_head_of_a_page_is_guarded_like_the_page(address, clients, db):
    for role, client in clients.items():
        shown, asked = client.get(address), client.head(address)
        assert (asked.status_code, asked.content) == (shown.status_code, b""), role


# --- The table of rooms -------------------------------------------------------------------------------------------


def room_cells() -> Iterator[tuple[str, str, int]]:
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in ROOMS.strip().splitlines()]
    for address, *statuses in lines:
        for accounts, status in zip(head[1:], statuses, strict=True):
            for account in accounts.split():
                yield address, account, int(status)


def test_the_rooms_open_as_promised(world, clients, db):
    promised = {(address, account): status for address, account, status in room_cells()}
    answered = {cell: clients[cell[1]].get(cell[0]).status_code for cell in promised}
    assert answered == promised
    assert {account for _address, account in promised} == SIGNED_IN - {"superuser"}


def test_the_menu_offers_exactly_the_rooms_that_open(world, clients, db):
    doors = {
        "/ideen/": "ideen",
        "/koordination/": "koordination",
        "/lenkungsgruppe/": "lenkungsgruppe",
        "/umsetzung/": "umsetzung",
        "/admin/": "admin",
    }
    for role in sorted(SIGNED_IN):
        page = clients[role].get("/").content.decode()
        offered = {door for door in doors if f'href="{door}"' in page}
        assert offered == {door for door in doors if clients[role].get(door).status_code == 200}, role


# --- The admin has no back door -----------------------------------------------------------------------------------


def test_the_admin_registers_nothing_that_only_actions_write():
    registered = {model._meta.label for model in admin.site._registry}
    for label in ("governance.Entry", "governance.Actor", "pool.FrozenForm", "pool.Rating", "pool.GateAnswer"):
        assert label not in registered
