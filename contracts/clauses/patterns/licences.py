"""Patterns: who owns what comes out, and which licences are given."""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    "ip_assignment": """
        most 4
        heading 0.4: ownership | intellectual property | inventions | proprietary rights | improvements | work product
        1.7: hereby assign* | shall assign | agrees to assign | will assign | assigns to & invention* | right title | rights title | intellectual property | improvement* | patent* | work product | know how | title
        1.5: shall own | owned by | exclusively owned | sole owner | exclusive property | sole property | sole and exclusive property | be the property of | belong* to | owned exclusively | owned solely & invention* | proprietary rights | improvement* | intellectual property | developed | made | work product | results | data | conceived
        1.3: work made for hire | works made for hire | work for hire
        1.1: title to | ownership of & invention* | improvement* | developed | conceived & vest* | shall be | belong*
        0.8: assign* & regulatory approval* | regulatory filings | trademark* & terminat*
        -0.9: jointly | joint ownership | materials supplied | no rights | prior to the effective date
        -0.8: consent of the other party & assign | successors | background
        -0.5: retain*
    """,
    "joint_ip": """
        most 3
        heading 0.4: joint* | ownership | inventions
        1.8: jointly own* | owned jointly | joint ownership | jointly owned | joint owners | co own* | co owned
        1.4: joint invention* | joint patent* | joint ip | joint technology | joint intellectual property | jointly developed | joint know how | jointly made & own* | interest | title | undivided
        1.2: undivided & interest
        -0.9: prosecut* | jointly and severally | infring* | joint venture | enforce*
        -0.6: means
    """,
    "licence_grant": """
        most 6
        heading 0.5: license* | licence* | grant* | grant of license | trademark*
        1.7: hereby grants | grants to | hereby grant | shall grant | agrees to grant | will grant & license | licence | right | sublicense
        1.2: grants | grant & license | licence & to use | right to | to make | to manufactur* | to market | to sell | to develop
        1.3: license | licence & royalty free | non exclusive | exclusive | fully paid | paid up | perpetual | irrevocable | worldwide & !no license
        1.0: right to use | right and license | license to use | access to and the right & trademark* | data | name | logo | know how | information | technology
        0.6: sublicense & right to grant
        -1.2: no license | no right or license | not grant | no rights | shall not sublicense | no other license | licenses and permits | licensing authority
        -0.9: means | terminat* of the license | licensor represents | warrants | licensee shall pay | security interest
    """,
    "non_transferable_licence": """
        most 3
        heading 0.3: license* | licence* | grant*
        1.8: non transferable | nontransferable | non assignable | not transferable | non sublicensable | without the right to sublicense | no right to sublicense | without right to sublicense & license* | licence* | right
        1.3: sublicens* | transfer* | assign & license* | licence* | rights & consent | shall not | may not | approval | not | without
        1.0: personal to & license* | licence*
        0.6: right to sublicense & only | solely | limited
        -0.9: this agreement & neither party | successors | all or substantially all
        -0.9: sublicense revenue | royalt* | terminat* | technology transfer | means
        -0.5: right to grant sublicenses
    """,
    "affiliate_licensor": """
        most 3
        1.6: grant* | license* | licence* & its affiliates | and affiliates | or its affiliates | their affiliates & owned | controlled | control* | cause its affiliates | on behalf of itself | behalf of & !means
        1.2: grants | grant | hereby & on behalf of itself | behalf of itself | itself and its affiliates | cause its affiliates
        0.8: developed by or on behalf of & affiliates | sublicensees & right to use | access
        -1.1: indemnif* | royalt* | confidential* | warrants | means
        -0.6: to & and its affiliates a
    """,
    "affiliate_licensee": """
        most 3
        1.7: grant* & and its affiliates | and affiliates | or its affiliates | its affiliates | their affiliates & license* | licence* | right
        1.4: sublicense* | sublicens* & affiliate* & license* | right | grant*
        0.9: exercise* | extend* & affiliates & license* | licence*
        -1.1: indemnif* | royalt* | confidential* | warrants | means | warranty | liable
    """,
    "unlimited_licence": """
        most 2
        1.6: unlimited | enterprise wide | enterprise license | site license | without limitation as to | unrestricted & license* | licence* | use | users | copies
        1.2: any purpose | any and all purposes | all purposes & license* | licence* | right to use
        0.9: perpetual & irrevocable & worldwide & royalty free
        -1.3: liability | including without limitation | indemnif* | warrant* | means
        -1.0: no license | not limited
    """,
    "lasting_licence": """
        most 3
        heading 0.2: license* | licence* | terminat* | survival
        1.8: perpetual | irrevocable | irrevocably | in perpetuity | non terminable & license* | licence* | right
        1.1: license* | licence* & survive* | thereafter & fully paid | royalty free | paid up
        0.9: fully paid & license* | licence* & expir*
        -1.2: letter of credit | proxy | waiv* | jurisdiction | attorney in fact | consents | perpetual inventory
        -0.8: instruction*
    """,
    "source_code_escrow": """
        most 2
        heading 0.7: escrow | source code
        1.8: escrow & source code | agent | deposit* | release* | technology | software
        1.4: source code & deposit* | deliver* | release* | access
        1.2: deposit* & escrow*
        -1.0: fund* | money* | cash | purchase price | payment*
    """,
}
