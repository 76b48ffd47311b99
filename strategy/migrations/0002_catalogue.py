"""The first entries of the catalogue of partnership attributes, in use from the start and open to change."""

from django.db import migrations
from django.utils import timezone
from uuid_utils.compat import uuid7

from cmo_lifecycle.audit.actor import acting

WHY = "Shipped with the product as a beginning of the catalogue: change it, add to it, or retire what you do not use."

#: Code, name, group of evaluation criteria, and what a CMO that is good at it does.
CATALOGUE = [
    (
        "quality_compliance", "Quality and compliance", "risk",
        "Works to the standard that our licences promise, is inspected without serious findings, and tells us of"
        " every deviation within the agreed clock.",
    ),
    (
        "supply_security", "Supply security", "risk",
        "Delivers what was ordered when it was promised, holds capacity and stock for us, and has a tested plan for"
        " the day on which something breaks.",
    ),
    (
        "total_cost", "Total cost", "total_cost",
        "Offers a total cost of partnership that stays within our budget, with price lines that leave nothing out.",
    ),
    (
        "speed", "Speed to clinic or market", "business_fit",
        "Starts when we are ready, transfers technology without lost months, and keeps to its milestones.",
    ),
    (
        "flexibility", "Flexibility of volume and scope", "business_fit",
        "Follows our demand up and down, and takes up changed scope by a procedure agreed beforehand.",
    ),
    (
        "technical_capability", "Technical capability and scale", "technical",
        "Masters the process at the scale we need today and at the next one, with people who have done it before.",
    ),
    (
        "ip_protection", "Protection of intellectual property", "partnership",
        "Keeps our know-how apart from that of others, and gives back what is ours.",
    ),
    (
        "partnership_fit", "Partnership fit and transparency", "partnership",
        "Gives us the attention that a customer of our size needs, answers openly, and brings bad news early.",
    ),
    (
        "exit_readiness", "Exit readiness", "business_fit",
        "Documents the process so that it can be moved, and helps to move it when the day comes.",
    ),
    (
        "data_integrity", "Data integrity", "risk",
        "Keeps records that are attributable, legible, contemporaneous, original and accurate, and lets us see them.",
    ),
]  # fmt: skip


def seed(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    ContentType = apps.get_model("contenttypes", "ContentType")
    Event = apps.get_model("workflow", "Event")
    PartnershipAttribute = apps.get_model("strategy", "PartnershipAttribute")
    now = timezone.now()

    with acting("system:setup", source="setup"):
        setup, _ = User.objects.get_or_create(
            email="setup@built-in.invalid",
            defaults={"name": "Set-up (service)", "is_service": True, "password": "!"},
        )
    kind, _ = ContentType.objects.get_or_create(app_label="strategy", model="partnershipattribute")
    with acting(f"user:{setup.pk}", source="setup"):
        for position, (code, name, group, description) in enumerate(CATALOGUE, start=1):
            made = PartnershipAttribute.objects.create(
                id=uuid7(), code=code, name=name, group=group, description=description, position=position * 10,
                created_by=setup,
            )  # fmt: skip
            Event.objects.create(
                id=uuid7(),
                record_type=kind,
                record_id=made.pk,
                at=now,
                actor=setup,
                verb="create",
                to_state="in_use",
                reason=WHY,
                record_version=1,
                record_label=name,
                source="setup",
            )


class Migration(migrations.Migration):
    dependencies = [
        ("strategy", "0001_initial"),
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("workflow", "0001_initial"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
