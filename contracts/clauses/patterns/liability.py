"""Patterns: liability, warranty, insurance, indemnity, what comes after the end."""

from __future__ import annotations

from collections.abc import Mapping

WRITTEN: Mapping[str, str] = {
    "uncapped_liability": """
        most 4
        heading 0.4: limitation of liability | limitations of liability | liability | limitation on | consequential damages
        1.7: limit* | exclu* | foregoing & shall not apply | not apply | not however apply | does not apply | will not apply | shall not limit | nothing & liability | damages | indemnif* | gross negligence | wilful | willful | confidential*
        1.5: except & gross negligence | willful misconduct | wilful misconduct | fraud | indemnif* | breach of confidential* | confidentiality & liable | liability | damages
        1.3: nothing & limits | limit | exclude & liability | obligations | damages
        1.1: unlimited liability | without limit | unlimited & liab* | damages
        0.9: except | other than | unless | notwithstanding & in no event & liability
        -1.0: insurance | coverage | confidential information shall not apply | means | settlement | defense of | warranty shall not
    """,
    "cap_on_liability": """
        most 5
        heading 0.6: limitation of liability | limitations of liability | limitation on liability | liability | consequential damages | limitation of damages | no consequential
        1.7: in no event | under no circumstances | not be liable | neither party & liable | liability & consequential | indirect | special | punitive | incidental | lost profits | loss of profit* | loss of profits
        1.7: liability & not exceed | exceed | limited to | greater than | maximum | capped | aggregate | limit
        1.2: not be liable | no liability | be liable & consequential | indirect | special | incidental | lost profits
        1.2: sole remedy | exclusive remedy | sole obligation | sole and exclusive remedy | sole liability & replace* | repair | refund | credit | claim* | defect*
        0.8: aggregate & liability
        0.8: claim* & must be | shall be | be brought | deemed waived & within & year* | month* | days & notice | waive* | action
        0.5: this limitation | limitation will apply | essential purpose
        -1.0: insurance | coverage | per occurrence | price
        -0.6: means
    """,
    "warranty_duration": """
        most 4
        heading 0.5: warrant* | inspection | acceptance | guarantee | defect* | non conform* | claims | returns
        1.7: warranty period | guarantee period | period of warranty
        1.4: warrant* | guarant* & months | month | years | year | days | shelf life | expir* & product* | goods | services | work | material* & defect* | conform* | free | workmanship | from the date | after | period
        1.3: within | period of & days | months | # | after | of & reject* | non conform* | nonconform* | defect* | claim* | not conform* | not in conformity | fails to conform | damage & shipment | goods | delivery | arrival | receipt & notif* | notice | inspect* | claim* | reject*
        0.9: deemed & accepted & product* | shipment | delivery | goods | notification
        0.8: shelf life & remaining | at least | minimum & deliver* | product* | expiry | months
        0.6: latent defect* & within | days | discover*
        -1.0: invoice | audit | insurance | confidential* | change order | breach of this
        -0.6: recall | api
        -1.0: indemnif* | independent laboratory | purchase orders | test results | challenge
    """,
    "insurance": """
        most 5
        heading 1.0: insurance
        1.6: insurance & maintain* | carry | obtain | procure | keep in force | secure | effect & policy | policies | coverage | liability | insurer*
        1.2: certificate of insurance | certificates of insurance | additional insured | insurance policies | liability insurance | insurance coverage | product liability insurance | commercial general liability
        0.8: insurance & shall | will | covered & amount | limit* | value
        0.5: notice & cancel* & coverage | insurance | policy | policies
        -0.9: benefit* | federal deposit | health insurance | taxes | fdic | employee*
        -0.6: regulatory | portability | holding | subsidiar*
    """,
    "post_termination": """
        most 5
        heading 0.6: effect of termination | effects of termination | consequences of termination | obligations upon | rights upon | post termination | wind down | transition | termination assistance | survival | effect of expiration
        1.3: upon | after | following | in the event of | event of termination | on & termination | expiration | terminated & shall | will | agrees to & return* | deliver* | transfer* | assign* | purchase | cease | destroy | continue | complete | assist* | repurchase | cooperate
        1.2: if this agreement is terminated | termination of this agreement | expiration of this agreement | date of expiry | date of termination & shall | will & return* | deliver* | sell | ship* | complet* | continue | inventory | purchase | transfer*
        0.9: after termination | following termination | after expiration | following expiration | termination or expiration | expiration or termination & period of | year* | month* | days & shall | will
        0.9: wind down | transition services | transition period | sell off | last time buy | final purchase | transition assistance | orderly transfer | orderly transition
        0.7: remaining inventory | inventory & terminat*
        0.6: surviv* & expiration | termination & sections | articles | obligations
        -1.0: may terminate | right to terminate | breach & cure* | insolven* | accrued prior | notice of termination
        -0.8: means | confidential information | without cause | proprietary information
        -1.0: without prejudice | relieve | unless earlier terminated | unless terminated | provisions of this
    """,
    "audit_rights": """
        most 8
        heading 0.6: audit* | inspection* | records | books and records | access | facility inspection*
        1.8: right to audit | may audit | shall audit | to audit | conduct* an audit | conduct audits | audit the | audits of | be audited
        1.5: inspect* | audit* | examin* & books | records | facilit* | premises | plant | accounts | documents & right | may | permit* | allow* | access | upon | reasonable notice
        1.2: access to & facilit* | premises | records | books | site | plant & reasonable | notice | business hours | inspect* | audit*
        0.9: independent & accountant* | accounting firm | auditor & audit | examin* | inspect* | records | verify
        0.8: audit* | inspection* & cost | expense | report | days | findings | once | year
        0.7: keep* | maintain & books | records | accounts & complete | accurate
        -1.0: inspect the product* upon receipt | incoming inspection | inspection of product* upon | shipment | defect*
        -0.8: audited financial | means | insurance | financial statements
        -0.5: fda | regulatory authorit*
    """,
    "indemnity": """
        most 4
        heading 0.6: indemni*
        1.7: indemnif* | hold harmless & claims | losses | liabilit* | damages & shall | will | agrees
        1.0: indemnif* & third party claim* | notice | defen*
        -1.0: means | insurance
    """,
}
