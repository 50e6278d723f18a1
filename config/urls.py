"""The product's addresses."""

from django.contrib.auth import views as auth
from django.urls import include, path

from coordination import appointment_views as posts
from coordination import (
    body_views,
    calendar_views,
    channel_views,
    confirmation_views,
    delegation_views,
    duty_views,
    feed_views,
    phrase_views,
    roster_views,
    views,
)
from documents import format_views

METHODS = ["get", "post", "head", "options"]
urlpatterns = [
    path("", views.home, name="home"),
    path(
        "login/",
        auth.LoginView.as_view(redirect_authenticated_user=True, http_method_names=METHODS),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path(
        "password/", views.PasswordChange.as_view(http_method_names=METHODS), name="password_change"
    ),
    path("language/", views.language, name="set_language"),
    path("healthz/", views.healthz, name="healthz"),
    path("waiting/", views.waiting, name="waiting"),
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("duties/", duty_views.duties, name="duties"),
    path("duties/urge/", duty_views.urge, name="urge"),
    path("duties/urged/", duty_views.urged, name="urged"),
    path("duties/<int:pk>/", duty_views.duty, name="duty"),
    path("duties/<int:pk>/extension/", duty_views.extension_new, name="extension_new"),
    path("extensions/<int:pk>/<slug:action>/", duty_views.extension_step, name="extension_step"),
    path("drafts/<str:key>/", views.draft, name="draft"),
    path("phrases/", phrase_views.phrase_list, name="phrases"),
    path("phrases/<int:pk>/", phrase_views.phrase, name="phrase"),
    path("phrases/<int:pk>/delete/", phrase_views.phrase_delete, name="phrase_delete"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/file/", views.job_file, name="job_file"),
    path("rulebook/", views.rulebook_page, name="rulebook"),
    path("rulebook/<str:code>/", views.article, name="article"),
    path("organisation/", views.organisation, name="organisation"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/unlock/", views.unlock, name="unlock"),
    path("calendar/", calendar_views.year, name="calendar"),
    path("calendar/count/", calendar_views.count, name="calendar_count"),
    path("calendar/new/", calendar_views.enter, name="calendar_new"),
    path("calendar/cut-off/", calendar_views.cut_off, name="cut_off"),
    path("preferences/", channel_views.preferences, name="preferences"),
    path("undelivered/", channel_views.undelivered, name="undelivered"),
    path("undelivered/<int:pk>/again/", channel_views.message_again, name="message_again"),
    path("undelivered/<int:pk>/told/", channel_views.message_settled, name="message_settled"),
    path("messenger/", channel_views.messenger, name="messenger"),
    path("feed/", feed_views.feed, name="feed"),
    path("feed/<str:secret>.ics", feed_views.feed_file, name="feed_file"),
    path("roster/", roster_views.page, name="roster"),
    path("roster/import/", roster_views.read_in, name="roster_import"),
    path("roster/confirmation/", confirmation_views.year, name="confirmations"),
    path("roster/confirmation/<int:pk>/", confirmation_views.confirmation, name="confirmation"),
    path(
        "roster/confirmation/<int:pk>/<slug:action>/",
        confirmation_views.step,
        name="confirmation_step",
    ),
    path("roster/export/", roster_views.export, name="roster_export"),
    path("people/new/", posts.person_new, name="person_new"),
    path("people/slips/", posts.slips, name="slips"),
    path("people/<int:pk>/active/", posts.person_active, name="person_active"),
    path("posts/", posts.posts, name="posts"),
    path("posts/<int:pk>/appoint/", posts.appoint, name="appoint"),
    path("appointments/<int:pk>/end/", posts.appointment_end, name="appointment_end"),
    path(
        "appointments/<int:pk>/take-back/",
        posts.appointment_take_back,
        name="appointment_take_back",
    ),
    path("posts/new/", body_views.seat_new, name="seat_new"),
    path("posts/<int:pk>/close/", body_views.seat_close, name="seat_close"),
    path("bodies/new/", body_views.body_new, name="body_new"),
    path("bodies/<int:pk>/change/", body_views.body_change, name="body_change"),
    path("bodies/<int:pk>/close/", body_views.body_close, name="body_close"),
    path(
        "bodies/<int:pk>/close/take-back/", body_views.closing_take_back, name="closing_take_back"
    ),
    path(
        "bodies/changes/<int:pk>/take-back/", body_views.change_take_back, name="change_take_back"
    ),
    path("bodies/closing/", body_views.closings, name="closings"),
    path("hand-overs/", posts.hand_overs, name="hand_overs"),
    path("hand-overs/<int:pk>/", posts.hand_over, name="hand_over"),
    path("stand-ins/", delegation_views.delegation_list, name="delegations"),
    path("stand-ins/new/", delegation_views.delegation_new, name="delegation_new"),
    path("stand-ins/<int:pk>/", delegation_views.delegation, name="delegation"),
    path(
        "stand-ins/<int:pk>/files/<int:file>/",
        delegation_views.delegation_file,
        name="delegation_file",
    ),
    path("absences/new/", delegation_views.absence_new, name="absence_new"),
    path("absences/<int:pk>/cancel/", delegation_views.absence_cancel, name="absence_cancel"),
    path("audit/", views.audit_trail, name="audit"),
    path("system/", views.system, name="system"),
    path("format-check/", format_views.page, name="format_check"),
    path("incoming/", include("documents.urls")),
    path("outgoing/", include("documents.outgoing.urls")),
    path("seals/", include("documents.seals.urls")),
    path("filing/", include("documents.filing.urls")),
]
