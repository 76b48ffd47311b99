"""Three strategies and everything they ask for: to the key, so that nothing comes or goes unseen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from strategy.rules import Kind, propose, rule
from tests.strategy.rules.cases import clinical_supply, dual_source_biologic, virtual_company

# Criteria and priorities by weight and rank, the others by name.
VIRTUAL_COMPANY = {
    "criterion": """
        supply_security quality_compliance total_cost partnership_fit financial_stability business_continuity
        long_term_fit synthesis_and_impurities commercial_readiness
    """,
    "knock_out": """
        audit_access commercial_licence quality_agreement quality_compliance regulatory_standing
        site_qualified supply_security
    """,
    "priority": """
        supply_security quality_compliance total_cost long_term_value
    """,
    "mechanism": """
        allocation annual_review_data audit_rights batch_definition business_continuity capacity_reservation
        change_consent change_of_control change_order_control continuous_improvement escalation exit_plan
        failure_to_supply financial_reporting impurity_control know_how_return last_time_buy long_notice
        notification_clocks performance_review price_reopener quality_agreement recall_support
        records_hand_over safety_stock scope_change second_site segregation technology_transfer_out
        tooling_return
    """,
    "kpi": """
        audit_actions_overdue deviation_rate exit_readiness improvement_delivered invoice_accuracy
        lot_acceptance_rate notification_timeliness on_time_in_full responsiveness right_first_time
        stock_cover supply_fulfilment total_cost_variance
    """,
    "governance": """
        steering_committee tier
    """,
    "cadence": """
        reviews
    """,
    "question": """
        bottleneck_widened demand_shift exit_intent financial_health kpi_audit_actions_overdue
        kpi_deviation_rate kpi_exit_readiness kpi_improvement_delivered kpi_invoice_accuracy
        kpi_lot_acceptance_rate kpi_notification_timeliness kpi_on_time_in_full kpi_responsiveness
        kpi_right_first_time kpi_stock_cover kpi_supply_fulfilment kpi_total_cost_variance make_or_buy
        own_oversight priority_long_term_value priority_quality_compliance priority_supply_security
        priority_total_cost still_not_core still_sole term_still_right
    """,
}

DUAL_SOURCE_BIOLOGIC = {
    "criterion": """
        quality_compliance supply_security technical_capability ip_protection exit_readiness sustainability
        know_how_protection long_term_fit capacity_headroom contamination_control cell_culture_experience
        support_of_in_house technology_transfer_out financial_stability executive_commitment growth_path
        commercial_readiness volume_flexibility working_with_second_source
    """,
    "knock_out": """
        audit_access commercial_licence improvements_are_ours no_exclusivity quality_agreement
        quality_compliance regulatory_standing site_qualified sterile_licence technology_transfer_out
    """,
    "priority": """
        quality_compliance supply_security technical_capability ip_protection exit_readiness flexibility
        freedom_to_source capacity long_term_value partnership_fit
    """,
    "mechanism": """
        annual_review_data audit_rights batch_definition cancellation_ladder capacity_growth
        capacity_reservation cell_bank_return change_consent change_of_control contamination_control
        continuous_improvement deferral escalation failure_to_supply forecast_zones ip_ownership
        know_how_return know_how_separation material_liability no_exclusivity no_minimum_share no_take_or_pay
        non_compete notification_clocks performance_review price_reopener quality_agreement ramp_down
        recall_support restricted_subcontracting scope_change second_deposit step_in technology_transfer_out
        tooling_return volume_bands
    """,
    "kpi": """
        audit_actions_overdue batch_success change_turnaround deviation_rate environmental_excursions
        exit_readiness forecast_accuracy improvement_delivered ip_duties_met lot_acceptance_rate
        notification_timeliness on_time_in_full responsiveness right_first_time schedule_adherence
        second_source_progress supply_fulfilment
    """,
    "governance": """
        executive_sponsors steering_committee tier
    """,
    "cadence": """
        reviews
    """,
    "question": """
        attribute_sustainability core_still_ours demand_shift growth joint_plan kpi_audit_actions_overdue
        kpi_batch_success kpi_change_turnaround kpi_deviation_rate kpi_environmental_excursions
        kpi_exit_readiness kpi_forecast_accuracy kpi_improvement_delivered kpi_ip_duties_met
        kpi_lot_acceptance_rate kpi_notification_timeliness kpi_on_time_in_full kpi_responsiveness
        kpi_right_first_time kpi_schedule_adherence kpi_second_source_progress kpi_supply_fulfilment
        other_source own_site priority_capacity priority_exit_readiness priority_flexibility
        priority_freedom_to_source priority_ip_protection priority_long_term_value priority_partnership_fit
        priority_quality_compliance priority_supply_security priority_technical_capability term_still_right
    """,
}

CLINICAL_SUPPLY = {
    "criterion": """
        speed flexibility data_integrity price_competition total_cost contamination_control chain_of_identity
        volume_flexibility development_agility financial_stability business_continuity
    """,
    "knock_out": """
        chain_of_identity quality_agreement site_qualified speed sterile_licence
    """,
    "priority": """
        speed flexibility term_and_termination total_cost
    """,
    "mechanism": """
        audit_rights benchmarking business_continuity cancellation_ladder cell_bank_return chain_of_identity
        change_of_control contamination_control deferral development_stop exit_plan extension_option
        failure_to_supply forecast_zones ip_ownership milestone_payment no_exclusivity no_minimum_share
        no_take_or_pay notification_clocks quality_agreement ramp_down scope_change slot_for_patient
        slot_transfer technology_transfer_out termination_for_convenience volume_bands
    """,
    "kpi": """
        audit_actions_overdue change_order_share change_turnaround data_integrity_findings
        environmental_excursions exit_readiness forecast_accuracy identity_breaks invoice_accuracy
        milestone_adherence release_cycle_time total_cost_variance vein_to_vein
    """,
    "governance": """
        tier
    """,
    "cadence": """
        reviews
    """,
    "question": """
        adjacent_or_core decline demand_shift end_of_term kpi_audit_actions_overdue kpi_change_order_share
        kpi_change_turnaround kpi_data_integrity_findings kpi_environmental_excursions kpi_exit_readiness
        kpi_forecast_accuracy kpi_identity_breaks kpi_invoice_accuracy kpi_milestone_adherence
        kpi_release_cycle_time kpi_total_cost_variance kpi_vein_to_vein leverage_left make_or_buy next_phase
        patient_slots priority_flexibility priority_speed priority_term_and_termination priority_total_cost
        second_source_due
    """,
}

WHOLE = {
    "virtual company": (virtual_company(), VIRTUAL_COMPANY),
    "dual-source biologic": (dual_source_biologic(), DUAL_SOURCE_BIOLOGIC),
    "clinical supply": (clinical_supply(), CLINICAL_SUPPLY),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_strategy_asks_for_exactly_this(name):
    snapshot, expected = WHOLE[name]
    asked = {kind.value: [] for kind in Kind}
    for proposal in propose(snapshot):
        kind, _, code = proposal.key.partition(":")
        asked[kind].append(code)
    for kind in Kind:
        if kind not in (Kind.CRITERION, Kind.PRIORITY):
            asked[kind.value].sort()
    assert asked == {kind: text.split() for kind, text in expected.items()}


@pytest.mark.parametrize("name", WHOLE)
def test_every_proposal_opens_to_its_rule_and_to_an_answer(name):
    for proposal in propose(WHOLE[name][0]):
        made_by = rule(proposal.rule)
        assert (proposal.rule_version, proposal.reason, proposal.source) == (
            made_by.version,
            made_by.reason,
            made_by.source,
        )
        assert proposal.because
        assert all(cause.source and cause.label and cause.value for cause in proposal.because)
        assert [rule(other).id for other in proposal.also] == list(proposal.also)
        assert proposal.rule not in proposal.also


def test_the_three_differ_where_they_should():
    def keys(snapshot):
        return {proposal.key for proposal in propose(snapshot)}

    virtual, biologic, clinical = (keys(snapshot) for snapshot, _ in WHOLE.values())
    assert {
        "mechanism:safety_stock",
        "mechanism:last_time_buy",
        "mechanism:second_site",
    } <= virtual - biologic - clinical
    assert {"mechanism:step_in", "mechanism:know_how_separation", "kpi:second_source_progress"} <= (
        biologic - virtual - clinical
    )
    assert {"mechanism:termination_for_convenience", "mechanism:milestone_payment", "mechanism:chain_of_identity"} <= (
        clinical - virtual - biologic
    )


def test_a_proposal_asked_for_by_several_holds_all_their_causes():
    transfer = next(p for p in propose(dual_source_biologic()) if p.key == "mechanism:technology_transfer_out")
    assert (transfer.rule, transfer.also) == ("intent.in_house_later.transfer", ("alternates.several.transfer",))
    assert [(cause.source, cause.label, cause.value) for cause in transfer.because] == [
        ("sourcing_intent", "Sourcing intent", "Bring in-house by 30 June 2031"),
        ("alternates", "Alternate sources", "Dual source by 31 December 2028"),
    ]
    assert transfer.content["must_contain"].endswith(
        "The move is planned for completion by 30 June 2031; notice periods and steps must allow it."
        " It allows the other source to be at work by 31 December 2028."
    )


def test_the_strongest_asks_first_and_the_shortest_rhythm_holds():
    rhythm = next(p for p in propose(clinical_supply()) if p.kind is Kind.CADENCE)
    assert (rhythm.rule, rhythm.also) == ("tier.2.governance", ("duration.short.look_ahead",))
    assert dict(rhythm.content) == {"scorecard": "3", "business_review": "6", "re_evaluation": "6"}

    ranked = [(p.content["rank"], p.key) for p in propose(clinical_supply()) if p.kind is Kind.PRIORITY]
    assert ranked == [
        ("1", "priority:speed"),
        ("2", "priority:flexibility"),
        ("3", "priority:term_and_termination"),
        ("4", "priority:total_cost"),
    ]


def test_the_attributes_keep_their_proportion_and_seven_tenths_of_all_weight():
    weights = {p.key: Decimal(p.content["weight"]) for p in propose(dual_source_biologic()) if p.kind is Kind.CRITERION}
    own = {
        "criterion:quality_compliance": Decimal("17.5"),
        "criterion:supply_security": Decimal(14),
        "criterion:technical_capability": Decimal(14),
        "criterion:ip_protection": Decimal("10.5"),
        "criterion:exit_readiness": Decimal(7),
        "criterion:sustainability": Decimal(7),
    }
    assert {key: weights[key] for key in own} == own
    assert sum(own.values()) == 70
    assert sum(weights.values()) == 100
