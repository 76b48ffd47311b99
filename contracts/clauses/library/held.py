"""Which topics hold the mechanisms that a strategy may ask for."""

from __future__ import annotations

from collections.abc import Mapping

#: By the code of the mechanism: the topics whose text holds it. All of them must be present for it to be there.
HOLDERS: Mapping[str, tuple[str, ...]] = {
    # Freedom to buy elsewhere, and to leave
    "no_exclusivity": ("exclusivity",),
    "no_minimum_share": ("minimum_commitment",),
    "technology_transfer_out": ("technology_transfer_out",),
    "termination_for_convenience": ("convenience_termination",),
    "development_stop": ("convenience_termination",),
    "extension_option": ("renewal_term",),
    "long_notice": ("notice_to_end_renewal",),
    "exit_plan": ("exit_plan",),
    "records_hand_over": ("records_and_retains",),
    "know_how_return": ("post_termination", "lasting_licence"),
    "tooling_return": ("customer_materials",),
    "cell_bank_return": ("customer_materials",),
    "step_in": ("step_in",),
    "ramp_down": ("capacity",),
    "split_award": ("forecast_zones",),
    # Volume and capacity
    "volume_bands": ("capacity",),
    "forecast_zones": ("forecast_zones",),
    "deferral": ("cancellation_ladder",),
    "cancellation_ladder": ("cancellation_ladder",),
    "no_take_or_pay": ("minimum_commitment",),
    "capacity_reservation": ("capacity",),
    "capacity_growth": ("capacity",),
    "slot_transfer": ("capacity",),
    "slot_for_patient": ("chain_of_identity",),
    # Security of supply
    "safety_stock": ("supply_continuity",),
    "business_continuity": ("supply_continuity",),
    "second_site": ("supply_continuity",),
    "route_continuity": ("supply_continuity",),
    "failure_to_supply": ("failure_to_supply",),
    "allocation": ("failure_to_supply",),
    "change_of_control": ("change_of_control",),
    "financial_reporting": ("financial_health",),
    "last_time_buy": ("last_time_buy",),
    "second_deposit": ("customer_materials",),
    # Knowledge
    "ip_ownership": ("ip_assignment",),
    "know_how_separation": ("confidentiality",),
    "restricted_subcontracting": ("subcontracting",),
    "non_compete": ("non_compete",),
    # Quality and data
    "quality_agreement": ("quality_agreement",),
    "audit_rights": ("audit_rights",),
    "notification_clocks": ("deviations",),
    "change_consent": ("change_control",),
    "batch_definition": ("batch_definition", "batch_failure"),
    "raw_data_access": ("data_integrity",),
    "material_liability": ("cap_on_liability",),
    "recall_support": ("recall",),
    "annual_review_data": ("stability_and_review",),
    "chain_of_identity": ("chain_of_identity",),
    "contamination_control": ("contamination_control",),
    "segregation": ("contamination_control",),
    "impurity_control": ("material_control",),
    "sub_tier_control": ("material_control",),
    "design_transfer": ("validation_and_regulatory",),
    "validation_support": ("validation_and_regulatory",),
    "ehs_duties": ("ehs_and_conduct",),
    # Money
    "price_reopener": ("price_and_indexation",),
    "continuous_improvement": ("price_restriction",),
    "benchmarking": ("most_favoured",),
    "standard_terms": ("scope_of_services",),
    "milestone_payment": ("milestones_and_acceptance",),
    # Living with change
    "scope_change": ("scope_change",),
    "change_order_control": ("scope_change",),
    "escalation": ("escalation", "expert_determination"),
    "performance_review": ("governance",),
    "named_people": ("key_people",),
}
