"""Pages that belong to no single noun: files, background work, suggestions while typing."""

from django.urls import path

from cmo_lifecycle.doors.pages import files, jobs, picking

urlpatterns = [
    path("attachments/<uuid:pk>/", files.AttachmentFile.as_view(), name="attachment"),
    path("attachments/<uuid:pk>/void/", files.VoidPage.as_view(), name="attachment_void"),
    path("jobs/", jobs.JobList.as_view(), name="job_list"),
    path("jobs/<uuid:pk>/", jobs.JobPage.as_view(), name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.CancelJob.as_view(), name="job_cancel"),
    path("pick/<slug:noun>/", picking.Pick.as_view(), name="pick"),
]
