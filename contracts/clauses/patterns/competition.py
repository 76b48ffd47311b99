"""Patterns: what the parties may do besides: exclusivity, competition, solicitation, first rights."""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    "most_favoured": """
        most 3
        heading 0.6: most favored | most favoured | price protection | favored
        1.8: most favored | most favoured | most favorable | most favourable | favored customer | favored nation
        1.4: no less favorable | not less favorable | no less favourable | more favorable | more favourable | as favorable & price* | pricing | terms & third part* | other customer* | any other | customers
        1.1: lower price | lowest price | better price* | lower than the price* | better terms & third part* | other customer* | any other | customers
        -1.0: insurance | arm s length | employees | allocat*
    """,
    "non_compete": """
        most 4
        heading 0.6: non compet* | noncompet* | competing | covenant not to compete | exclusivity
        1.7: not compete | non compete | non competition | compete with | compete directly
        1.5: shall not | will not | not to | neither party | agrees not | nor & compet* product* | competing product* | competitive product* | similar product* | competing
        1.2: shall not | will not | neither | not to & develop* | commercializ* | manufactur* | market | sell | promot* & other than & product* | compound* & directly or indirectly
        1.2: undertakes not to | covenants not to | undertake not to & develop | manufacture | sell | engage
        -1.0: confidential* | unfair | laws | restrict either party | warranty | warrants
        -0.9: exclusive license | grants
    """,
    "exclusivity": """
        most 5
        heading 0.5: exclusiv* | requirements
        1.6: exclusively & purchase* | supply | obtain* | sell | from | provide*
        1.5: grants | grant | hereby & exclusive license | exclusive right* | sole and exclusive & !non exclusive
        1.4: exclusive & supplier | manufacturer | distributor | right | basis & shall | will | agrees | is
        1.3: all of its requirements | its requirements | all requirements | one hundred percent | 100 & purchase* | supply | buy | obtain*
        1.2: shall not | will not | not & directly or indirectly | to any third party | third part* | any other person & supply | sell | manufactur* | license | provide & product* | compound*
        1.0: exclusivity
        1.0: exclusive & territory | field
        0.8: shall be exclusive | is exclusive
        -1.2: exclusive remedy | exclusive jurisdiction | exclusive property | exclusive remedies | exclusive of | exclusive venue
        -1.1: non exclusive | confidential* | inventory | exclusive owner | jurisdiction | disclos*
        -0.8: means | sole and exclusive owner | remedy
    """,
    "customer_no_solicit": """
        most 3
        heading 0.5: non solicit* | nonsolicit* | solicitation
        1.5: solicit* | divert | entice | induce & customer* | client* | distributors | partners | accounts
        1.0: contact* | sell to | deal with & customer* & shall not | will not | not directly
        0.8: not circumvent | non circumvention
        -1.0: orders from customers | confidential* | satisfaction
        -0.8: employee* & !customer*
    """,
    "employee_no_solicit": """
        most 3
        heading 0.6: non solicit* | nonsolicit* | solicitation | employees
        1.7: solicit* | hire | recruit* | entice | induce* | employ | engage & employee* | personnel | staff & shall not | will not | not be allowed | not directly | agrees not | refrain | neither | not to
        0.9: solicit* & employ*
        -1.0: benefit* | workers compensation | orders | subcontract* | disclos* | employee* of the united states | government
    """,
    "competition_exception": """
        most 4
        heading 0.4: exclusiv* | non compet* | compet* | exceptions
        1.4: notwithstanding | except | provided however | foregoing | nothing & exclusiv* | compet* & shall not apply | not prohibit | not prevent | may | not restrict | not preclude | not apply
        1.3: nothing & preclude* | prevent* | prohibit* | restrict* | limit & compet* | supply* | develop* | manufactur* | sell* | market* | third part*
        1.1: shall not be | not be deemed & breach & exclusiv* | compet* | competing
        0.9: acquire* | acquisition | merger & compet* product* | competing product* | competing program | competitive product*
        0.8: retain* | reserves & right to & exclusiv* | notwithstanding
        0.6: other than & exclusive
        -1.2: confidential* | injunct* | equitable relief | law | indemnif* | defend | defense | grant to
        -0.8: jurisdiction | remedies | remedy
    """,
    "non_disparagement": """
        most 2
        heading 0.6: disparage* | non disparagement
        1.8: disparag* | defam* | derogatory
        1.0: adverse* | detriment* | harm* & reputation | goodwill & shall not | will not | not | refrain | any action
        0.7: bring into disrepute | prestige | unfavorable light | bad reputation
        -1.1: slander | libel & insurance | advertising injury | claims
        -0.8: confidential*
    """,
    "first_refusal": """
        most 3
        heading 0.6: first refusal | first offer | first negotiation | option
        1.8: first refusal | first offer | first negotiation | right of first | right of last refusal | first right
        1.3: first & opportunity | option | right & negotiat* | offer* | acquire | license | purchase
        1.1: exclusive option | option to negotiate | exclusive right to negotiate | right to negotiate | option to acquire | exclusive negotiation
        1.0: negotiate exclusively | negotiation period | offer notice | rofr | rofn | rofo
        0.8: written notice of any such proposed & transaction | offer
        -1.0: defen* | prosecut* | infring* | enforce* | arbitrat* | dispute*
        -0.8: first right to control | first right to bring
    """,
}
