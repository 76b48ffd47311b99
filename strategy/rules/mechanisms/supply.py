"""Freedom to buy and to leave, capacity, and security of supply."""

from __future__ import annotations

from collections.abc import Mapping

from strategy.rules.mechanisms.shapes import Mechanism

MECHANISMS: Mapping[str, Mechanism] = {
    # Freedom to buy elsewhere, and to leave
    "no_exclusivity": Mechanism(
        "Grant no exclusivity",
        "exclusivity",
        "We may buy the product or service from others, qualify other sites and make it ourselves, at any time and"
        " without payment.",
        "Exclusivity for one indication or territory, ending by itself on the first failure to supply.",
    ),
    "no_minimum_share": Mechanism(
        "Set no minimum share of our demand",
        "minimums",
        "Commitments are stated as quantities for the binding part of the forecast, never as a share of our demand.",
        "A share that falls by itself once the other source is approved.",
    ),
    "technology_transfer_out": Mechanism(
        "Hold technology-transfer assistance",
        "technology_transfer",
        "On request, during the term and for twelve months after it, the CMO transfers the process and the analytical"
        " methods to us or to a third party named by us: documents, training, people on site, samples and comparison"
        " batches, at rates agreed now.",
        "Assistance limited to a number of hours a year at cost, documents always without charge.",
    ),
    "termination_for_convenience": Mechanism(
        "Allow termination for convenience",
        "termination",
        "We may end the agreement, or a statement of work, without cause on notice of at most 90 days; we pay work"
        " done, commitments that cannot be cancelled and the cancellation ladder, nothing more.",
        "Notice of 180 days, or the right only after the current statement of work is complete.",
    ),
    "development_stop": Mechanism(
        "Allow an end when development stops",
        "termination",
        "Where a trial fails, is stopped by an authority or is given up, we may end the work at once and pay only what"
        " is done or cannot be cancelled.",
        "Work in progress is completed to the next safe stop at our cost.",
    ),
    "extension_option": Mechanism(
        "Grant an option to extend",
        "termination",
        "We may extend the term once or twice by a year on the same terms, by notice of 90 days; nothing renews by"
        " itself.",
        "Extension at prices moved by the agreed index.",
    ),
    "long_notice": Mechanism(
        "Give long notice of any end by the CMO",
        "termination",
        "The CMO may not end for convenience before a successor works; its non-renewal takes notice of at least"
        " 24 months, during which it supplies at the agreed terms.",
        "Notice of 18 months with a last-time buy.",
    ),
    "exit_plan": Mechanism(
        "Hold an exit plan from the first day",
        "termination",
        "An exit plan is annexed and reviewed every year: notice, stock, transfer, regulatory filings, records,"
        " materials, settlement, support of stability and complaints to the end of shelf life.",
        "An exit plan to be agreed within six months of signature, with a default schedule until then.",
    ),
    "records_hand_over": Mechanism(
        "Hand over records and retained samples",
        "records",
        "Batch records, validation, methods, raw data and retained samples are handed over within 90 days of the end"
        " and stay open to us and to authorities for as long as the law asks.",
        "Certified copies, the originals kept and open to us.",
    ),
    "know_how_return": Mechanism(
        "Return know-how",
        "ip",
        "At the end, and at any time on request, the CMO returns all documents, data and parameters of the process and"
        " grants a perpetual free licence to whatever of its own is needed to run it.",
        "A licence at a royalty fixed now for what the CMO brought in itself.",
    ),
    "tooling_return": Mechanism(
        "Return tooling and dedicated equipment",
        "customer_materials",
        "Tooling, dedicated equipment, reference standards and unused materials that we paid for are ours, marked as"
        " ours, listed every year and returned on request in working order.",
        "A right to buy dedicated equipment at book value.",
    ),
    "cell_bank_return": Mechanism(
        "Return cell banks",
        "customer_materials",
        "Master and working cell banks and viral seeds are ours, kept at two places, counted every year, used for us"
        " only, and returned or moved on request within 30 days under validated conditions.",
        "Return within 60 days, with a second deposit under our control from the start.",
    ),
    "step_in": Mechanism(
        "Grant step-in rights",
        "failure_to_supply",
        "Where supply fails for longer than agreed, we or a third party may use the suite, equipment, permits and"
        " people to make the product until supply is restored.",
        "The CMO makes the product elsewhere at its cost, with our people on site.",
    ),
    "ramp_down": Mechanism(
        "Agree how volume ramps down",
        "capacity",
        "Committed volume falls by steps fixed now as our own site comes up, without payment for the fall, and supply"
        " continues until our own site is approved.",
        "Steps tied to our approval with six months' notice.",
    ),
    "split_award": Mechanism(
        "Allow volume to move between sources",
        "capacity",
        "We may move volume between sources by notice of one forecast cycle, within the bands agreed.",
        "Movement of up to a quarter of the volume a year.",
    ),
    # Volume and capacity
    "volume_bands": Mechanism(
        "Agree volume bands",
        "capacity",
        "Price and capacity hold inside a band around the base forecast that reaches from the low to the high scenario;"
        " outside it both sides talk before anything is owed.",
        "A band of ±30 % in the first two years, ±20 % after.",
    ),
    "forecast_zones": Mechanism(
        "Agree forecast zones",
        "capacity",
        "A rolling forecast with a short firm zone, a zone that may move within limits and a zone that binds nobody;"
        " the limits are stated per zone in percent of the forecast before.",
        "First quarter firm, ±20 % in the second, ±50 % in the third, free in the fourth.",
    ),
    "deferral": Mechanism(
        "Grant deferral of slots",
        "capacity",
        "A slot may be moved once by up to six months without charge on notice of 90 days, later against a part of the"
        " cancellation fee which is credited when the slot is used.",
        "One deferral a year.",
    ),
    "cancellation_ladder": Mechanism(
        "Agree a cancellation ladder",
        "capacity",
        "Fees rise by steps as the slot comes nearer and are credited where the slot is sold again or used for another"
        " product of ours; the CMO must try to sell it.",
        "Fees capped at half the price of the slot, with credit where it is sold again.",
    ),
    "no_take_or_pay": Mechanism(
        "Limit take-or-pay",
        "minimums",
        "Minimums follow the low scenario, are settled over a year or longer, and shortfall may be made good in the"
        " year after.",
        "Payment of the unused part at half the price, never in a year of failure to supply.",
    ),
    "capacity_reservation": Mechanism(
        "Reserve capacity",
        "capacity",
        "Slots are reserved by year for the base scenario, with first call on further slots; the reservation fee is"
        " credited against batches.",
        "First refusal on slots before they go to others.",
    ),
    "capacity_growth": Mechanism(
        "Agree how capacity grows",
        "capacity",
        "Triggers, lead time, who pays and who owns for each step of additional capacity are fixed now, with price"
        " steps that pass on the gain of scale.",
        "An option on a further suite or line with a date until which it stands.",
    ),
    "slot_transfer": Mechanism(
        "Allow slots to move between products",
        "capacity",
        "A reserved slot may be used for any of our products that is qualified at the site.",
        "Within the same suite, on notice of 60 days.",
    ),
    # Supply security
    "safety_stock": Mechanism(
        "Keep safety stock",
        "failure_to_supply",
        "Finished goods or the last stable intermediate are kept at an agreed level, at a place of our choice apart"
        " from the site, rotated and reported every month.",
        "Stock of the critical raw materials for the same time.",
    ),
    "business_continuity": Mechanism(
        "Hold a tested business-continuity plan",
        "failure_to_supply",
        "A plan for loss of site, utilities, IT and key materials with times to recover, tested once a year, results"
        " shown to us.",
        "A plan within six months of signature, tested before the first commercial batch.",
    ),
    "failure_to_supply": Mechanism(
        "Remedy failure to supply",
        "failure_to_supply",
        "What counts as failure is stated in numbers; it brings priority in the schedule, replacement in a fixed slot,"
        " credits, release from minimums, and in the end the right to transfer at the CMO's cost.",
        "Replacement batches in the next free slot with a latest date, and release from minimums.",
    ),
    "change_of_control": Mechanism(
        "Give notice of a change of control",
        "change_of_control",
        "Notice as early as law allows, a right to end or to receive technology transfer where a competitor takes over,"
        " and obligations that bind the successor.",
        "Notice within ten days and assurance of supply for 24 months.",
    ),
    "last_time_buy": Mechanism(
        "Grant a last-time buy",
        "termination",
        "Before any end, site closure or change that we do not approve, we may order up to two years of demand at the"
        " agreed price.",
        "One year of demand.",
    ),
    "allocation": Mechanism(
        "Allocate fairly in shortage",
        "failure_to_supply",
        "In shortage of capacity or materials our share is at least that of the twelve months before.",
        "Equal treatment with the CMO's other customers and its own products.",
    ),
    "second_site": Mechanism(
        "Keep a second site of the CMO ready",
        "failure_to_supply",
        "The CMO names a second site of its own able to make the product and keeps the documents for it ready.",
        "A written study of the time and cost to move, brought up to date every year.",
    ),
}
