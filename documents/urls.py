"""Addresses of the incoming line."""

from django.urls import path

from . import intake_views, views

app_name = "documents"
urlpatterns = [
    path("", views.register, name="register"),
    path("new/", views.new, name="new"),
    path("from-file/", intake_views.from_file, name="from_file"),
    path("transfer/", intake_views.transfer_many, name="transfer_many"),
    path("<int:pk>/label/", intake_views.label, name="label"),
    path("<int:pk>/label/code/", intake_views.label_code, name="label_code"),
    path("export/", views.export, name="export"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/sheet/", views.sheet, name="sheet"),
    path("<int:pk>/files/<int:attachment>/", views.download, name="download"),
    path("readings/<int:pk>/", views.reading, name="reading"),
    path("readings/<int:pk>/<slug:action>/", views.reading_step, name="reading_step"),
    path("<int:pk>/<slug:action>/", views.step, name="step"),
    path("handling/<int:pk>/<slug:action>/", views.part_step, name="part_step"),
]
