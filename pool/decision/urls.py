from django.urls import path

from pool.decision import (
    advice_views,
    agenda_views,
    item_views,
    life_views,
    register_views,
    show_views,
    stand_in_views,
    views,
)

app_name = "decision"

urlpatterns = [
    path("sitzungen/", views.sittings, name="sittings"),
    path("sitzungen/neu/", views.new_sitting, name="new_sitting"),
    path("sitzungen/<int:sitting_id>/", views.sitting, name="sitting"),
    path("sitzungen/<int:sitting_id>/liste/", views.put_on_list, name="list"),
    path("sitzungen/<int:sitting_id>/rangliste/", agenda_views.fill, name="fill"),
    path("sitzungen/<int:sitting_id>/regel/", agenda_views.draft_rule, name="draft_rule"),
    path("sitzungen/<int:sitting_id>/einladen/", life_views.invite, name="invite"),
    path("sitzungen/<int:sitting_id>/eroeffnen/", life_views.begin, name="begin"),
    path("sitzungen/<int:sitting_id>/anwesenheit/", life_views.attendance, name="attendance"),
    path("sitzungen/<int:sitting_id>/vorfuehrung/<int:number>/", show_views.show, name="show"),
    path("sitzungen/<int:sitting_id>/druck/", views.minutes, name="print"),
    path("sitzungen/<int:sitting_id>/schliessen/", views.close, name="close"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/", item_views.item, name="item"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/vorschlag/", item_views.propose, name="propose"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/ergebnis/", item_views.record, name="record"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/bestaetigen/", item_views.confirm, name="confirm"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/zurueckgeben/", item_views.send_back, name="send_back"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/vertagen/", item_views.adjourn, name="adjourn"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/absetzen/", item_views.drop, name="drop"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/streichen/", item_views.take_off_list, name="take_off_list"),
    path("sitzungen/<int:sitting_id>/vertretung/", stand_in_views.name, name="name_stand_in"),
    path("sitzungen/vertretung/<int:stand_in_id>/beenden/", stand_in_views.end, name="end_stand_in"),
    path("sitzungen/<int:sitting_id>/punkte/<int:item_id>/verschieben/", agenda_views.move, name="move"),
    path("empfehlungen/", advice_views.recommendations, name="recommendations"),
    path("empfehlungen/<int:item_id>/", advice_views.recommend, name="recommend"),
    path("beschluesse/", register_views.resolutions, name="resolutions"),
    path("beschluesse/<int:item_id>/", register_views.resolution, name="resolution"),
    path("beschluesse/<int:item_id>/berichtigen/", register_views.correct, name="correct"),
    path("beschluesse/<int:item_id>/auflage/", advice_views.meet_condition, name="meet_condition"),
]
