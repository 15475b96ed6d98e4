"""Routes of the desk: the home page, the object pages and what the frame itself posts."""

from django.urls import path

from veilleur.desk import (
    first_week_views,
    journal_views,
    key_views,
    plan_views,
    protection_views,
    reliance_views,
    service_views,
    step_views,
    views,
    watch_views,
)

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("first-week/", first_week_views.week, name="first_week"),
    path("customers/", views.portfolio, name="portfolio"),
    path("watch/", views.checks, name="checks"),
    path("watch/<uuid:public_id>/stop/", watch_views.retire, name="retire_check"),
    path("watch/<uuid:public_id>/again/", watch_views.resume, name="resume_check"),
    path("restart/", views.restart, name="restart"),
    path("restart/steps/", step_views.human_steps, name="human_steps"),
    path("one-person/", reliance_views.reliance, name="reliance"),
    path("estate/", views.estate, name="estate"),
    path("services/new/", service_views.add_service, name="add_service"),
    path("machines/<uuid:public_id>/", views.machine, name="machine"),
    path("services/<uuid:public_id>/", views.service, name="service"),
    path("services/<uuid:public_id>/objectives/", views.objectives, name="objectives"),
    path("services/<uuid:public_id>/data/", service_views.service_data, name="service_data"),
    path("protection/", protection_views.protection, name="protection"),
    path("protection/places/new/", protection_views.add_place, name="add_place"),
    path("protection/plans/new/", protection_views.add_plan, name="add_plan"),
    path("protection/databases/new/", protection_views.name_server, name="name_server"),
    path("protection/plans/<uuid:public_id>/", plan_views.plan, name="plan"),
    path("protection/plans/<uuid:public_id>/switch/", plan_views.switch, name="switch_plan"),
    path("protection/plans/<uuid:public_id>/end/", plan_views.end, name="end_plan"),
    path("protection/places/<uuid:public_id>/retire/", plan_views.retire_place, name="retire_place"),
    path("protection/data/<uuid:public_id>/retire/", plan_views.retire_data, name="retire_data"),
    path("protection/plans/<uuid:public_id>/run/", protection_views.run_plan, name="run_plan"),
    path("protection/plans/<uuid:public_id>/test/", protection_views.test_plan, name="test_plan"),
    path("recovery-key/", key_views.recovery_key, name="recovery_key"),
    path("recovery-key/replace/", key_views.replace_key, name="replace_key"),
    path("recovery-key/new/", key_views.issue_key, name="issue_key"),
    path("journal/", journal_views.journal, name="journal"),
    path("language/", views.choose_language, name="language"),
]
