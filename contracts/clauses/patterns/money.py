"""Patterns: prices, minimums, volumes, shared revenue, agreed damages."""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    "revenue_sharing": """
        most 4
        heading 0.4: royalt* | milestone* | profit* | revenue | commission* | payments
        1.5: royalt* & shall pay | pay to | payable | rate | net sales & !royalty free
        1.4: percent* | share & net sales | net profit* | profit* | revenue* | gross sales | gross margin & pay | paid | receive | entitled | share
        1.2: profit sharing | revenue sharing | profit share | share of profits | revenue share | commission* & pay | paid | percent* | entitled
        0.9: milestone payment* & net sales | first commercial sale | sales
        0.5: tiered | annual net sales
        -1.0: late payment | audit | records | report | insurance | overpay* | underpay* | interest
        -0.9: means | bankrupt* | lost profits | loss of profit* | lost revenue* | taxes | royalty free
    """,
    "price_restriction": """
        most 4
        heading 0.5: price* | price adjust* | price changes | fees | pricing
        1.7: price* | fee* | charges | rate & increase* | decrease* | adjust* | change* & not exceed | no more than | more than | maximum | limited to | cap | at most | fixed | once | annual* | per year | percent | only
        1.2: price* | fee* & shall remain | remain fixed | firm | shall not be increased | not be changed | not increase | may not increase | shall be fixed
        0.9: producer price index | consumer price index | price index | ppi | cpi
        0.8: request & increase | decrease & price* | fee*
        -1.0: purchase price allocat* | resale | royalt* | net sales | insurance | late | interest rate | stock
        -0.7: means | additional cost* | taxes | delay of payment | obsolete
    """,
    "minimum_commitment": """
        most 5
        heading 0.5: minimum* | purchase commitment | forecast* | take or pay | commitment
        1.7: minimum & purchase* | order* | quantit* | volume* | commitment | annual | fee | payment* | royalt* | amount & !wage*
        1.5: at least | not less than | no less than | no fewer than & purchase | order | buy | take & units | percent | quantity | forecast* | volume | product*
        1.3: take or pay | firm purchase order* | binding forecast | firm commitment | shall be binding | be binding & forecast* | order* | purchase* | quantit* | volume
        1.0: shall purchase | must purchase | shall order | will purchase & at least | minimum | percent | requirements | all | not less
        0.9: shortfall & pay* | purchase* | order*
        0.7: guarantee* & volume | purchase
        0.6: monthly minimum | annual minimum | minimum purchase | minimum annual
        -1.2: at a minimum | within a minimum | business days before | obsolete | order shall specify | each order
        0.9: fail* & target volume | minimum | volume & reimburse* | pay
        -1.1: insurance | coverage | shelf life | minimum amount of time | days | records | liability
        -0.8: notice | minimum necessary | audit | means | wage*
    """,
    "volume_restriction": """
        most 4
        heading 0.4: capacity | forecast* | excess | volume
        1.5: in excess of | exceed* | greater than | more than & forecast* | quantit* | volume | capacity | ordered | order & not be obligated | no obligation | reasonable efforts | additional | consent | increase* | surcharge | may reject | shall not be required | fee*
        1.2: maximum & quantit* | capacity | volume | order* | number of units | hours
        1.0: not be obligated to | no obligation to | shall not be required to & supply | manufactur* | accept & excess | exceed* | more than | greater
        0.7: additional fee* | additional charge* | additional cost* & exceed* | excess | more than
        -1.0: liability | insurance | damages | interest | days after | price increase
        -0.9: means | minimum | audit
    """,
    "agreed_damages": """
        most 3
        heading 0.5: liquidated damages | late delivery | penalt* | termination fee | delay*
        1.8: liquidated damages | agreed damages | not as a penalty | termination fee* | cancellation fee* | cancellation charge* | break fee
        1.4: penalt* & pay | paid | per day | each day | per week | percent* | delay* | deduct*
        1.1: delay* | late & per day | each day | per week | each week & price | percent* | value | credit | reduce*
        1.0: terminat* & shall pay & fee | sum | amount equal | costs & cancellation | non cancellable | wind down
        0.7: buy out | service credit*
        0.6: each & failure & credit & amount
        -1.1: interest | civil | criminal | fines & law | prepayment without penalty | tax*
        -0.8: indemnif* | without penalty | monetary penalties | late payment
    """,
    "price_and_indexation": """
        most 5
        heading 0.7: price* | pricing | fees | payment* | invoic*
        1.3: price* | fee* & set forth in | as set out in | per unit | per batch | exhibit | schedule & product* | services
        1.2: price* | fee* & adjust* | index* | increase* | review* & annual* | year | calendar year | percent
        1.0: invoice* & within & days & pay | payable | paid
        0.7: milestone* & payment* & invoice* | pay
        0.6: cost of raw materials | material cost* | material price*
        -1.0: indemnif* | liability | stock | royalt* | purchase price
        -0.6: means
    """,
}
