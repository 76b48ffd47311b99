"""Patterns: what a contract is, between whom, for how long, and under which law."""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    "document_name": """
        most 3
        from 1.4
        2.0: agreement | contract & @opening & @title
        1.0: agreement | contract & @cover
        1.5: this & agreement | contract & made | entered | effective | dated & between | among & @opening
        0.5: supply agreement | manufacturing agreement | services agreement | service agreement | license agreement | outsourcing agreement | development agreement | collaboration agreement | promotion agreement | distribution agreement | supply contract & @opening
        -1.2: means | definitions | omitted | confidential treatment | pursuant | whereas | purpose | term of agreement | section | in reference | terms of
    """,
    "parties": """
        most 5
        2.0: by and between | by and among | is between | is made between | entered into between | is made by | between & agreement | contract & @opening
        1.2: between & and & corporation | company | organized | organised | incorporated | office | limited & @opening
        1.0: a corporation | a company | corporation organized | company organized | limited liability company | limited company | an entity & organized | existing | incorporated | registered | office | business & @opening
        1.0: hereinafter | hereafter | referred to as & party | parties | company | supplier | manufacturer | customer | buyer | seller | contractor & @opening
        0.7: the parties | party & collectively | individually | together & @opening
        1.0: the buyer | the seller | the supplier | the customer & @cover
        0.7: by and between | between & @cover
        0.7: inc | llc | ltd | corp | gmbh & @cover
        0.4: @opening & inc | llc | ltd | corp | gmbh & and
        -0.8: means any | affiliate means | shall mean | during the | whereas
    """,
    "agreement_date": """
        most 2
        2.0: entered into | made | dated | executed | signed & {month} | day of & @opening
        1.3: as of & {month} | day of & @opening
        1.1: effective & {month} | day of & @opening
        0.7: {month} # | # {month} | day of {month} & @opening
        1.0: {month} & @cover
        1.4: {month} # & @title & @opening
        0.6: this agreement | this contract & @opening & dated | date | made
        0.5: in witness whereof & {month} | day | date
        -1.6: whereas | as amended | pursuant | filed | source | rule | patent
        -0.6: license agreement dated | agreement dated
    """,
    "effective_date": """
        most 3
        2.0: effective date & {month} | day of & !commence
        1.6: entered into | made | dated | effective & {month} | day of & @opening
        1.5: effective as of | effective as from | comes into force | come into force | enters into force | enter into force & !as of the effective date
        1.3: effective date means | effective date shall mean | into effect | effective date & @opening & between
        1.3: shall become effective | becomes effective | come into effect & agreement & executed | signed | signature* | date | approval & !amendment
        0.9: in effect beginning | in effect from
        0.9: {month} & @cover
        1.2: {month} # & @title & @opening
        0.6: as of & {month} | day of & @opening
        -1.6: whereas | as amended | terminat* | source | prices | audit
        -0.9: notice of
    """,
    "expiration_date": """
        most 5
        heading 0.6: term | duration | term and termination | term of agreement
        1.6: shall continue | shall remain | will continue | continues | remain in | remains in | stay in & full force | force | effect | until | period of & term | effective date | agreement & !confidential*
        1.4: initial term | term of this agreement | term of the agreement & commence* | begin* | year* | month* | until | expire* | continue
        1.3: this agreement | this contract & shall commence | commences | will commence | shall begin | valid for | valid until & year* | month* | until | date | unless
        1.2: a term of | a period of | initial period & year* | month* & effective date | commenc* | begin* | thereafter
        1.2: this agreement | the agreement | the contract | this contract & shall terminate on | will terminate on | is valid for | is valid until | valid for & year* | month* | date | anniversary | {month}
        1.2: shall expire | will expire | expires & agreement | term & year* | date | anniversary | earlier
        0.8: term will be | term shall be | term is | valid & year* | month*
        0.8: perpetual* & agreement & term | force | effect
        -0.9: confidential* | royalt* | warranty period | insurance | statute
        -0.6: patent | survive | records | retain
        -0.5: purchase order | invoice
    """,
    "renewal_term": """
        most 3
        heading 0.3: term | renewal | extension
        1.6: automatic* | tacit* & renew* | extend* | extension*
        1.3: renew* | extend* & term | agreement & additional | successive | further | year | month | period
        1.1: renewed tacitly | renewal term | extension term | renewal period
        0.9: option to renew | option to extend | right to renew | right to extend | may be extended | may be renewed | may extend | may renew
        0.7: automatically stay in force
        -1.0: patent | insurance | lease | time period for | delivery date | regulatory exclusivity
        -0.8: registration* | extended to | domain
        -0.7: initial term means
    """,
    "notice_to_end_renewal": """
        most 3
        heading 0.2: term | renewal
        1.5: renew* | extend* | extension* & unless | notice | advise* | request & prior to | before | in advance | no later than | not later than
        1.1: not to be renewed | non renewal | not to renew | not renew | intent not | elect* not to
        0.8: automatic* & renew* & unless
        0.7: any of its renewals | renewal term & terminat* & notice
        -0.9: patent | insurance | delivery | registration
        -0.8: royalt*
    """,
    "governing_law": """
        most 3
        heading 0.5: governing law | applicable law | choice of law | law
        1.8: governed by & law | laws
        1.4: construed & law | laws & state of | of england | republic | kingdom
        1.2: laws of & govern* | construed | interpreted | interpretation
        1.0: applicable law shall be | law applicable to this
        0.5: conflict of law* | conflicts of law* | choice of law*
        -1.0: privilege | arbitrat* rules | securities | patent law | compliance with
        -0.6: organized under | incorporated under | existing under
    """,
    "convenience_termination": """
        most 4
        heading 0.3: termination for convenience | without cause | termination | terminat*
        1.8: terminat* & for convenience | without cause | for any reason or no reason | for any reason or for no reason | with or without cause | no reason | any or no reason
        1.3: may terminate | right to terminate | ability to terminate | entitled to terminate | be terminated by | cancellable | option to terminate & at any time | for any reason | sole discretion | its discretion | at will
        1.0: may terminate | right to terminate | ability to terminate | entitled to terminate | be terminated by & days prior written | days written notice | months prior written | months written notice | day prior written | days advance | months notice | days notice | month prior | months prior
        0.4: at least | not less than | upon & notice & terminat*
        -1.0: breach* | default* | insolven* | bankrupt* | cure* | cured | remed*
        -0.9: change of control | force majeure | upon termination | infring* | fails | failure | safety | lease | debar*
        -0.8: competing | challenge | acquire* | following termination | after termination | after the effective date of termination
    """,
    "change_of_control": """
        most 4
        heading 0.6: change of control | change in control
        1.5: change of control | change in control
        1.1: merger | consolidation | all or substantially all | majority of the voting | voting securities | acquisition of & terminat* | notify | notice | consent | option
        0.8: assign* & merger | substantially all | by operation of law | acquire* | acquisition | successor
        0.7: control* & competitor & terminat* | acquir*
        0.4: deemed & assignment & control
        -0.9: means | definition*
        -0.7: beyond the control | reasonable control | affiliate | patent
    """,
    "anti_assignment": """
        most 4
        heading 0.5: assignment | assignability | successors and assigns | transfer
        1.8: assign* | assignable | delegate* & consent | approval & this agreement | its rights | rights and obligations | obligations | this contract | thereof | hereunder
        1.1: may not assign | shall not assign | not be assigned | not be assignable | neither party may assign | shall not be assignable | nor shall | assign or otherwise transfer | may assign
        0.9: assignment & void | null | invalid | violation
        0.6: assign* & affiliate* & notice | consent
        0.5: sublicens* | transferable | transfer & consent & license*
        0.4: successors & assigns
        -1.0: inventor* | right title and interest | invention* | patents & !this agreement
        -0.8: assigned to perform | employees assigned | assigned personnel | assignee of the patent | as assigned by
    """,
    "third_party_beneficiary": """
        most 2
        heading 0.4: third party beneficiar* | third parties | beneficiar*
        1.7: third party beneficiar* | third party benefi* | intended beneficiar*
        0.9: benefit of & indemnit* | indemnif* & enforce* | entitled | successor
        0.9: entitled to & enforce | rely & affiliates | indemnitee* | third part*
        0.6: expressly & third party & rights & enforce*
        -1.3: no third party beneficiar* | not & any third party & confer | create
        -1.2: nothing in this agreement | no person other | not intended to | does not create | no rights | shall not confer | solely for the benefit | sole benefit
    """,
    "covenant_not_to_sue": """
        most 3
        heading 0.3: no challenge | covenant not | trademark* | intellectual property | proprietary rights
        1.6: covenant* not to sue | not to sue | will not sue | shall not sue | not to assert | not assert
        1.5: challeng* | contest* | attack | dispute & validity | enforceability | title | ownership | right title & !arbitrat*
        1.2: shall not challenge | shall not contest | not to challenge | not to contest | will not challenge | will not contest | not dispute
        0.9: release* | waive* | discharge* & claims & forever | unknown | any and all
        0.6: impair* & right | ownership | title & trademark* | patent*
        0.5: register & confusingly similar | similar to
        -1.0: good faith dispute | invoice | inventory | has been challenged | no claim has | enforceability of this agreement
        -0.8: waiver by | waive any default | knowledge
    """,
}
