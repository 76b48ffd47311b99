from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django_countries.fields import CountryField

from cmo_lifecycle.partners.models import OfRelationshipQuerySet, Relationship, Site
from cmo_lifecycle.workflow.models import Record, RecordClass


class DaysBetween(Func):
    """`later - earlier` in whole days, as PostgreSQL subtracts dates."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = models.IntegerField()


class Delivery(Record):
    """One delivery line: what was due when, what arrived when, and how much of it was accepted.

    `null` means not supplied, which is not zero. `notes` keeps the original text of cells that held
    something else than the field asks for, such as “Date Not Captured”.
    """

    record_class = RecordClass.GXP
    may_create = ("supply_planning", "project_manager")
    may_edit = ("supply_planning", "project_manager")
    route = "deliveries"

    # Both are led by an index with the date behind it; one more would only slow imports down.
    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="deliveries", null=True, blank=True, db_index=False
    )
    external_id = models.CharField(max_length=100, blank=True)
    source_system = models.CharField(max_length=60, blank=True, help_text="Where the line comes from.")
    order_ref = models.CharField("order", max_length=100, blank=True)
    item = models.CharField(max_length=300)
    country = CountryField("country of delivery", blank=True)
    transport_mode = models.CharField(max_length=40, blank=True)
    incoterm = models.CharField(max_length=60, blank=True)
    ordered_on = models.DateField(null=True, blank=True)
    scheduled_on = models.DateField()
    delivered_on = models.DateField(null=True, blank=True)
    recorded_on = models.DateField(null=True, blank=True)
    quantity_ordered = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    quantity_delivered = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    quantity_accepted = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    value = models.DecimalField("line value", max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    weight_kg = models.DecimalField("weight in kg", max_digits=14, decimal_places=3, null=True, blank=True)
    freight_cost = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    notes = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    imported_by = models.ForeignKey(
        "operations.DeliveryImport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="deliveries",
    )
    days_late = models.GeneratedField(
        expression=DaysBetween(F("delivered_on"), F("scheduled_on")),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )

    objects = OfRelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_on", "-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["source_system", "external_id"],
                condition=~Q(external_id=""),
                name="one_delivery_per_external_id",
                violation_error_message="There is a delivery with this external id from this source already.",
            ),
            models.CheckConstraint(
                condition=Q(quantity_ordered__isnull=True) | Q(quantity_ordered__gte=0),
                name="quantity_ordered_is_not_negative",
                violation_error_message="The quantity ordered cannot be negative.",
            ),
            models.CheckConstraint(
                condition=Q(quantity_delivered__isnull=True) | Q(quantity_delivered__gte=0),
                name="quantity_delivered_is_not_negative",
                violation_error_message="The quantity delivered cannot be negative.",
            ),
            models.CheckConstraint(
                condition=Q(quantity_accepted__isnull=True)
                | (
                    Q(quantity_accepted__gte=0)
                    & (Q(quantity_delivered__isnull=True) | Q(quantity_accepted__lte=F("quantity_delivered")))
                ),
                name="no_more_is_accepted_than_delivered",
                violation_error_message="No more can be accepted than was delivered.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | ~Q(currency=""),
                name="a_line_value_has_its_currency",
                violation_error_message="Give the currency of the value.",
            ),
            models.CheckConstraint(
                condition=Q(ordered_on__isnull=True)
                | Q(delivered_on__isnull=True)
                | Q(delivered_on__gte=F("ordered_on")),
                name="nothing_arrives_before_it_is_ordered",
                violation_error_message="The delivery cannot be earlier than the order.",
            ),
        ]
        indexes = [
            models.Index(fields=["relationship", "scheduled_on"], name="delivery_due_in_relationship"),
            models.Index(fields=["-scheduled_on", "-id"], name="delivery_by_date"),
            models.Index(fields=["site", "scheduled_on"], name="delivery_of_site"),
            GinIndex(
                OpClass(Upper("order_ref"), name="gin_trgm_ops"),
                OpClass(Upper("external_id"), name="gin_trgm_ops"),
                name="delivery_number_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_id or self.order_ref or 'Delivery'}: {self.item}"[:200]

    def get_absolute_url(self) -> str:
        return reverse("operations:delivery", args=[self.pk])

    def related(self) -> Record:
        return self.relationship
