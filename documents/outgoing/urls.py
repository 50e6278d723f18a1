"""Addresses of the outgoing line."""

from django.urls import path

from . import consultation_views, delivery_views, drafting_views, views

app_name = "papers"
urlpatterns = [
    path("", views.register, name="register"),
    path("new/", views.new, name="new"),
    path("lists/", drafting_views.list_register, name="lists"),
    path("lists/new/", drafting_views.list_new, name="list_new"),
    path("lists/<int:pk>/", drafting_views.list_change, name="list"),
    path("lists/<int:pk>/history/", drafting_views.list_history, name="list_history"),
    path("lists/<int:pk>/away/", drafting_views.list_away, name="list_away"),
    path("lists/<int:pk>/back/", drafting_views.list_back, name="list_back"),
    path("templates/", drafting_views.template_register, name="templates"),
    path("templates/<slug:kind>/", drafting_views.template_change, name="template"),
    path(
        "templates/<slug:kind>/history/", drafting_views.template_history, name="template_history"
    ),
    path("sign/", views.sign_many, name="sign_many"),
    path("numbers/", views.ledger, name="ledger"),
    path("opinions/", consultation_views.register, name="consultations"),
    path("opinions/<int:pk>/", consultation_views.detail, name="consultation"),
    path(
        "opinions/<int:pk>/files/<int:file>/",
        consultation_views.download,
        name="consultation_file",
    ),
    path("opinions/<int:pk>/<slug:action>/", consultation_views.step, name="consultation_step"),
    path("numbers/pdf/", views.ledger_pdf, name="ledger_pdf"),
    path("received/", delivery_views.register, name="received"),
    path("received/print/", delivery_views.register_pdf, name="received_register_pdf"),
    path("received/<int:pk>/", delivery_views.detail, name="delivery"),
    path("received/<int:pk>/seal/", delivery_views.seal_picture, name="delivery_seal"),
    path("received/<int:pk>/pdf/", delivery_views.issued_pdf, name="delivery_pdf"),
    path("received/<int:pk>/files/<int:file>/", delivery_views.attachment, name="delivery_file"),
    path("received/<int:pk>/<slug:action>/", delivery_views.step, name="delivery_step"),
    path("verify/", delivery_views.verify, name="verify"),
    path("<int:pk>/distribution/", delivery_views.board, name="distribution"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/pdf/", views.printed, {"job": "paper_pdf"}, name="pdf"),
    path("<int:pk>/seal/picture/", views.seal_picture, name="seal_picture"),
    path("<int:pk>/issued/", views.printed, {"job": "issued_copy"}, name="issued_pdf"),
    path("<int:pk>/docx/", views.printed, {"job": "paper_docx"}, name="docx"),
    path("<int:pk>/sheet/", views.printed, {"job": "paper_sheet"}, name="sheet"),
    path("<int:pk>/files/<int:file>/", views.download, name="download"),
    path("<int:pk>/versions/<int:old>/<int:new>/", views.compare, name="compare"),
    path("<int:pk>/<slug:action>/", views.step, name="step"),
]
