"""Patterns: quality, data, people, money in trouble, disputes."""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    "cause_termination": """
        most 4
        heading 0.6: termination | termination for cause | breach
        1.7: terminat* & breach* | default* & days | cure* | remed* | notice
        1.4: terminat* & insolven* | bankrupt* | receiver | liquidat* | creditors
        1.1: terminat* & debar* | regulatory approval | safety | licence | withdraw*
        -0.8: confidential* | surviv*
    """,
    "force_majeure": """
        most 3
        heading 1.0: force majeure
        1.8: force majeure
        1.6: acts of god | act of god | beyond its reasonable control | beyond the reasonable control | war & strike* | fire | flood*
        -0.8: means change
    """,
    "confidentiality": """
        most 5
        heading 0.8: confidential* | non disclosure | secrecy
        1.5: confidential information & shall | will | agrees & not disclose | disclose | use | return | destroy | maintain | protect
        1.0: confidential* & years | survive* | expiration
        1.0: trade secret* & protect* | disclos* | maintain
        -0.9: confidential treatment | securities and exchange
    """,
    "quality_agreement": """
        most 4
        heading 1.0: quality agreement | quality assurance | quality
        1.8: quality agreement | quality assurance agreement | technical agreement
        1.2: quality unit* | quality assurance | quality management & responsib* | system | approve*
        0.6: prevail | govern | conflict & quality agreement
    """,
    "batch_release": """
        most 4
        heading 0.8: release | batch record* | disposition | certificate of analysis
        1.7: batch record* | certificate of analysis | certificates of analysis | certificate of conformance | certificate of compliance & release* | review* | provide* | deliver* | product | each
        1.4: release* & batch | lot | product & quality | disposition | approve* | qualified person | testing | market
        -0.9: press release | release of claims | releases and discharges
    """,
    "change_control": """
        most 4
        heading 1.0: change control | changes | process changes | specification*
        1.8: change control
        1.6: change* | modif* & specification* | manufacturing process* | process | facility | equipment | raw material* | supplier* & consent | approv* | prior written | notif* | notice
        -1.2: change of control | change order | price change | confidential*
        -0.8: law
    """,
    "deviations": """
        most 4
        heading 1.0: deviation* | investigation* | non conformance*
        1.7: deviation* | nonconformance* | non conformance* | excursion* & investigat* | notif* | report* | record* | batch* | approv* | inform*
        1.2: notif* | inform & within & hours | business day* | days & batch* | quality | adverse | manufactur* | event | safety
        0.8: root cause | corrective action* | capa
        -0.9: deviation from gaap | patent | breach of this
    """,
    "out_of_specification": """
        most 3
        heading 1.0: out of specification | testing | laborator*
        1.9: out of specification | oos | out of trend
        1.2: test* | analys* & method* | specification* & batch* | release | sample*
        -0.9: dispute* | independent | financial
    """,
    "data_integrity": """
        most 3
        heading 0.8: data integrity | data | raw data
        1.9: data integrity | audit trail* | 21 cfr part 11 | part 11 | electronic record* | electronic signature*
        1.4: raw data & access | provide | available | retain* | record*
        0.9: original data | complete data
        -0.8: personal data | market data
    """,
    "records_and_retains": """
        most 4
        heading 0.9: record* | retention | samples | retain*
        1.8: retain* | keep | maintain & record* | documentation | documents & year* | period | expir* | law
        1.7: retention sample* | retained sample* | reserve sample* | retain samples
        -0.9: royalt* | net sales | retain the right | retained earnings
    """,
    "complaints": """
        most 3
        heading 1.0: complaint* | adverse event* | pharmacovigilance
        1.7: complaint* & product* | customer* | investigat* | notify | report* | handle*
        1.1: adverse event* | adverse experience* | adverse drug & report* | notify | investigat* | inform
        -0.9: complaint filed | litigation | court
    """,
    "stability_and_review": """
        most 3
        heading 1.0: stability | annual product review | product quality review
        1.7: stability & test* | stud* | program* | data | sample* | protocol*
        1.8: annual product review | annual product quality review | product quality review | periodic quality review
        -0.9: financial stability
    """,
    "contamination_control": """
        most 3
        heading 0.9: contamination | facilit* | cleaning | segregation
        1.7: cross contamination | contamination control | environmental monitoring | cleaning validation | segregat* | media fill*
        1.0: contamina* | dedicated equipment | penicillin | cytotoxic & product* | facility | manufactur* | prevent*
        -0.9: hazardous substance | soil | property | funds
    """,
    "chain_of_identity": """
        most 2
        heading 1.0: chain of identity | chain of custody
        1.9: chain of identity | chain of custody | patient identifier* | apheresis
        1.0: traceab* & batch* | lot* | patient | material*
    """,
    "validation_and_regulatory": """
        most 4
        heading 0.9: validation | regulatory | registration* | filings
        1.6: validat* & process | equipment | method* | cleaning | batch* | protocol* | facility
        1.3: regulatory filing* | regulatory submission* | marketing authori* | drug master file | nda | anda | bla | regulatory approval* & support* | assist* | provide* | cooperat* | responsib* | file
        0.9: qualification & equipment | iq | oq | pq
        -1.0: royalt* | milestone* | means
    """,
    "material_control": """
        most 3
        heading 0.9: raw material* | materials | components | supplier* | vendor*
        1.5: raw material* | component* | starting material* | excipient* & supplier* | vendor* | purchase* | procure* | qualif* | test* | source* & shall | will | approved
        1.1: approved vendor* | approved supplier* | qualified supplier* | sole source
        -0.9: confidential* | price | insurance | title
    """,
    "inspections": """
        most 4
        heading 0.8: inspection* | regulatory | authorit*
        1.7: inspect* | audit* & fda | regulatory authorit* | regulatory agenc* | governmental authorit* | health authorit* & notif* | inform | facility | copies | permit | cooperate | response
        1.2: form 483 | warning letter* | inspection report* | establishment inspection
        -0.8: confidential* | means | tax*
    """,
    "subcontracting": """
        most 4
        heading 1.0: subcontract* | sub contract* | delegation
        1.8: subcontract* | sub contract* & consent | approv* | prior written | may not | shall not | responsib* | remain* | liable | right to
        1.1: third part* & perform | engage & obligations | services | manufactur* & consent | remain responsible | prior written
        -0.8: confidential* | insurance | assign* to customer
    """,
    "governance": """
        most 4
        heading 0.9: governance | committee* | steering committee | project management | meetings | key performance
        1.7: steering committee | joint committee | joint steering | joint development committee | relationship manager* | executive committee | project team & meet* | shall | consist* | members | responsib* | establish
        1.6: key performance indicator* | service level* | kpi* | performance metric* | performance standard*
        1.0: quarterly & meeting* | review* & perform* | business | operational
        -0.9: audit committee | board of directors | creditors
    """,
    "key_people": """
        most 3
        heading 1.0: key personnel | key persons | personnel | project manager* | staffing
        1.9: key personnel | key person* | key employee*
        1.2: project manager* | project leader | contact person | designated contact & appoint* | designate* | name* | replace* | each party | assign*
        -0.9: solicit* | hire
    """,
    "escalation": """
        most 4
        heading 0.9: dispute* | arbitration | escalation | resolution
        1.7: dispute* & good faith | senior executive* | senior management | chief executive* | escalat* | negotiat* | mediat* & days | resolve* | settle*
        1.6: arbitrat* & rules | final | binding | settled | icc | association
        -0.8: invoice* | independent laboratory | independent accountant
    """,
    "expert_determination": """
        most 3
        heading 0.6: dispute* | independent | testing | laborator* | non conforming
        1.9: independent laboratory | independent testing | third party laboratory | independent third party laboratory | independent expert | referee laboratory | testing laboratory
        1.3: independent & third party | expert | consultant & test* | determin* | analys* & batch* | product* | conform* | specification*
        0.7: laborator* & binding | final
        -1.0: accountant* | accounting | arbitrat*
    """,
    "financial_health": """
        most 2
        heading 0.8: financial statement* | financial condition | financial information
        1.6: financial statement* | annual accounts & deliver* | provide* | furnish* | within & days
        1.3: financial condition | insolvency event | going concern | financial covenant* & notify | notice | provide* | information
        -1.0: consolidated | purchase price | fairly present | gaap
    """,
    "ehs_and_conduct": """
        most 4
        heading 0.9: environment* | health and safety | compliance | anti corruption | debarment | code of conduct
        1.6: environmental & health | safety | laws | permits & compl* | incident* | maintain*
        1.6: foreign corrupt practices | anti bribery | bribery act | anti corruption | debarred | debarment | code of conduct
        1.1: permits | licenses & maintain* | obtain* & manufactur* | facility
        -0.8: environmental monitoring | means
    """,
}
