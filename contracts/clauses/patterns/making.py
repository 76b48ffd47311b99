"""Patterns: services, materials, forecasts, capacity, supply, batches, change and exit."""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    "scope_of_services": """
        most 4
        heading 0.6: services | scope of work | scope of services | statement of work | work orders | engagement
        1.3: shall perform | will perform | shall provide | agrees to perform & services & scope of work | statement of work | work order | project | exhibit | schedule | this agreement
        1.1: statement of work | work order | scope of work & shall | will
        -0.8: confidential* | indemnif* | terminat* | invoice*
    """,
    "customer_materials": """
        most 4
        heading 0.8: customer material* | materials | tooling | equipment | bailment | title
        1.6: supplied by | provided by | furnished by | owned by | property of & material* | api | drug substance | tooling | equipment | cell bank* | molds | consigned & customer | client | company | sponsor | buyer | party | remain*
        1.2: cell bank* | customer supplied | client supplied | free issue | consigned | consignment | bailee
        1.0: title to & material* | tooling | equipment & remain* | vest*
        -1.0: confidential* | invention* | patent*
    """,
    "forecast_zones": """
        most 4
        heading 0.8: forecast* | orders | purchase orders | ordering
        1.8: rolling forecast* | month forecast* | non binding forecast* | binding forecast* | forecast* shall be | updated forecast*
        1.2: forecast* & binding | firm | months | quarter* | estimate*
        0.9: firm order* | purchase order* & accept* | binding | lead time
        -0.8: confidential* | indemnif* | financial
    """,
    "capacity": """
        most 4
        heading 0.8: capacity | allocation | reserv*
        1.6: capacity & reserve* | increase* | maintain | dedicate* | available | expan* | manufacturing | production | additional & !legal
        1.2: reserv* | book* & slot* | production time | suite
        0.8: allocat* & capacity | supply | shortage
        -1.2: in its capacity | capacity to enter | corporate power | legal capacity | acting in | agent
    """,
    "failure_to_supply": """
        most 4
        heading 1.0: failure to supply | supply failure | shortage | inability to supply | delay* | supply interruption
        1.8: failure to supply | supply failure | inability to supply | unable to supply | fails to supply | fail to supply | supply interruption
        1.3: fail* | unable | inability | delay* & deliver* | supply | manufactur* & quantit* | order* | product* & days | remedy | alternative | third party | promptly notify | allocate
        1.1: shortage & supply | product | material* & allocat* | notify | priority
        -0.9: confidential* | pay* any | exercise any right
    """,
    "supply_continuity": """
        most 4
        heading 0.8: safety stock | business continuity | disaster recovery | inventory
        1.8: safety stock | buffer stock | business continuity | disaster recovery | contingency plan* | back up site | backup site | alternate site | second site
        1.1: maintain | hold | keep & inventory | stock & months | weeks | days | minimum
        -0.9: common stock | shares | financial | securities
    """,
    "step_in": """
        most 2
        heading 1.0: step in
        1.9: step in right* | step in & supply | manufactur* | exercise | operate
        1.2: access to & equipment | facilit* | suite & manufactur* & itself | third party | nominee | designee & fail* | insolven* | unable
        1.0: assume | take over & manufactur* | operation* & fail* | unable | insolven*
        -0.9: audit* | inspect*
    """,
    "batch_definition": """
        most 3
        heading 0.5: batch* | yield | specifications
        1.7: batch | lot & means | shall mean | is defined | definition & specific* | quantity | manufactur* | product
        1.4: batch size* | target yield | minimum yield | average yield | yield & batch* | percent | calculated | theoretical
        1.0: batch* & conform* | successful* | accept* & specification* | cgmp | gmp
        -0.8: invoice | confidential*
    """,
    "batch_failure": """
        most 4
        heading 0.7: non conforming | nonconforming | defective | rejected | rejection | batch failure | remed*
        1.6: non conforming | nonconforming | defective | rejected | failed & replace* | credit | refund | reimburse* | rework | reprocess* & product* | batch* | lot*
        1.3: batch* & fail* | reject* | loss & replace* | credit | cost | reimburse*
        0.8: sole remedy | exclusive remedy & replace*
        -0.8: means | insurance | recall
    """,
    "delivery_acceptance": """
        most 4
        heading 0.8: delivery | shipment | shipping | acceptance | inspection
        1.6: ex works | exw | fca | fob | ddp | cip | incoterms & deliver* | ship* | title | risk | product* | facility | price*
        1.4: risk of loss | title & pass* | transfer* & deliver* | carrier | product*
        1.3: inspect* | accept* | reject* & product* | shipment | delivery | goods & within & days
        0.8: deliver* & delivery date* | on time | schedule
        -1.0: confidential* | notice | insurance | audit
    """,
    "flexibility_checklist": """
        most 5
        1.3: defer* | postpone* | reschedul* & order* | delivery | slot* | batch* | production & notice | days | months
        1.2: cancel* & purchase order* | order* | slot* | batch* & fee | charge | percent | notice | days
        1.2: resell | resold | mitigate* | reallocat* & capacity | slot* | inventory | material* | production
        1.1: increase | decrease & forecast* | volume* | quantit* & percent | up to | limit* | notice
        -0.8: termination of this agreement | confidential* | insurance
    """,
    "cancellation_ladder": """
        most 4
        heading 0.8: cancellation | cancelation | rescheduling | postponement
        1.7: cancel* | postpone* | reschedul* | defer* & purchase order* | order* | batch* | slot* | production & charge* | fee* | percent | pay | liable | cost* | days
        1.2: cancellation fee* | cancellation charge* | deferral fee* | reschedul* fee*
        -1.0: insurance | policy | note* cancel* | shares
    """,
    "milestones_and_acceptance": """
        most 4
        heading 0.7: milestone* | deliverable* | acceptance
        1.6: milestone* & pay* | deliver* | achieve* | complet* & !royalt*
        1.5: deliverable* & accept* | approv* | deliver* | reject* | review
        1.0: acceptance criteria | acceptance test*
        -0.8: net sales | confidential*
    """,
    "scope_change": """
        most 3
        heading 0.9: change order* | changes | change in scope | additional services | engineering change*
        1.8: change order* | change in scope | changes to the scope | change of scope | scope change | change request* | additional services | engineering change*
        1.1: change* | modif* & services | scope | specification* & cost | price | timeline | schedule & agree* | written
        -0.9: change of control | change in law | address | amendment of this
    """,
    "technology_transfer_in": """
        most 4
        heading 1.0: technology transfer | tech transfer | technical transfer | know how transfer
        1.8: technology transfer | tech transfer | transfer of technology | technical transfer | transfer of the manufacturing process
        1.1: transfer | disclose* | provide & manufacturing process | know how | technology | methods & to supplier | to manufacturer | enable
        0.8: engineering batch* | engineering run* | demonstration batch* | validation batch*
        -0.8: confidential* | export
    """,
    "technology_transfer_out": """
        most 4
        heading 0.8: technology transfer | tech transfer | termination | transition
        1.8: technology transfer | transfer of technology | transfer of manufactur* | transfer the manufactur* & third party | designee | alternate | another | assist* | second | terminat* | customer
        1.3: assist* | cooperate & transfer* & manufactur* | technology | know how | process | production
        1.1: second source | alternate source | alternative source | alternate manufacturer | alternative manufacturer | back up manufacturer | second manufacturer
        -0.8: confidential* | assign*
    """,
    "exit_plan": """
        most 3
        heading 0.7: transition | exit | wind down | effect of termination | disengagement
        1.8: exit plan | transition plan | wind down plan | disengagement | transition services | transition period | orderly transition
        1.2: terminat* | expir* & continue to supply | continue to manufacture | continue to provide | transition
        -0.7: confidential*
    """,
    "last_time_buy": """
        most 2
        heading 1.0: last time buy | final order* | end of life | discontinu*
        1.9: last time buy | last buy | final order | final purchase order | end of life | last order
        1.1: discontinu* & product* | manufactur* & notice | order* | months
        1.0: terminat* & order* & final | additional quantit* | inventory
    """,
    "recall": """
        most 4
        heading 1.0: recall* | field action* | market withdrawal
        1.7: recall* & product* | cost* | expense* | authorit* | decision | shall | market
        1.0: market withdrawal | field correction* | field alert* | product action
        -0.8: means | insurance
    """,
}
