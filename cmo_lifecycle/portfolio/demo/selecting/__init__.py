"""Let the demonstration's selections happen, each step on its day, through the doors that people and bidders use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import CMO, Programme
from cmo_lifecycle.portfolio.demo.clock import month_start
from cmo_lifecycle.portfolio.demo.selecting import bidding, judging, requesting, scouting
from cmo_lifecycle.portfolio.demo.selecting.company import Company
from cmo_lifecycle.portfolio.demo.selections import filling, packaging, testing
from cmo_lifecycle.portfolio.demo.selections.castellan import CASTELLAN
from cmo_lifecycle.portfolio.demo.selections.riviere import RIVIERE
from cmo_lifecycle.portfolio.demo.selections.thornmere import THORNMERE
from cmo_lifecycle.portfolio.demo.selections.velden import VELDEN
from cmo_lifecycle.workflow import edits, parts
from evaluation.actions import awards, portal
from evaluation.models import Award, Rfp, Winner

FILLERS = (CASTELLAN, THORNMERE, VELDEN, RIVIERE)
PACKERS = (packaging.CORVANE, packaging.MOLDAU)
SCOUTED_MONTHS_AGO, ISSUED_MONTHS_AGO = 10, 9


class Selecting:
    """Tells selections as of `today`, by the demo's people."""

    def __init__(self, today: date, people: Mapping[str, User]) -> None:
        self.today = today
        self.people = people

    def company(self, programme: Programme, begun: date) -> Company:
        return Company(self.people, programme, begun)

    def second_source(self, programme: Programme) -> Rfp:
        """Tell the selection of a second filler from the scan to the signed award; return the RFP."""
        scouting.scout(self.company(programme, month_start(self.today, -SCOUTED_MONTHS_AGO)), filling.CANDIDATES)
        company = self.company(programme, month_start(self.today, -ISSUED_MONTHS_AGO))
        rfp = requesting.write(company, filling.REQUEST)
        rfp = requesting.issue(company, rfp, filling.REQUEST, [bid.cmo for bid in FILLERS])
        for cmo, day, question, wording, answer in filling.ENQUIRIES:
            enquiry = bidding.ask(company, rfp, cmo, day, question)
            bidding.answer(company, enquiry, day + 2, wording, answer)
        # Velden is early, and has to confirm what the addendum changes.
        bidding.hand_in(company, rfp, VELDEN)
        closes = filling.REQUEST.days[1] + 7
        rfp = bidding.extend(company, rfp, 24, *filling.ADDENDUM, closes)
        bidding.confirm(company, rfp, VELDEN.cmo, 26)
        for bid in (CASTELLAN, THORNMERE, RIVIERE):
            bidding.hand_in(company, rfp, bid)
        rfp = judging.open_technical(company, rfp, FILLERS, closes + 1)
        judging.score(company, rfp, FILLERS, filling.REQUEST.panel, closes + 5)
        rfp = judging.moderate(company, rfp, FILLERS, closes + 12)
        rfp = judging.open_commercial(company, rfp, closes + 14)
        decided = closes + 36
        for bid in FILLERS:
            judging.appraise(company, rfp, bid, closes + 17, decided)
        for bid in FILLERS:
            if bid.diligence:
                judging.look_into(company, rfp, bid, closes + 18)
        return self.award(company, rfp, decided)

    def award(self, company: Company, rfp: Rfp, day: int) -> Rfp:
        alice = company.by("alice")
        with company.on(day - 4):
            values = {
                "programme": rfp.programme, "rfp": rfp, "recommendation": filling.RECOMMENDATION,
                "against": filling.AGAINST,
            }  # fmt: skip
            award = edits.create(Award, values, **alice)
            winner = {
                "cmo": CMO.objects.get(legal_name=CASTELLAN.cmo),
                "share": Decimal(100),
                "reason": "Second source",
            }
            award = awards.propose(parts.write(award, Winner, [winner], **alice), **alice)
        for place, name in enumerate(("quinn", "farid", "erin")):
            with company.on(day - 2 + place):
                award = awards.sign(award, **company.signed(name))
        rfp.refresh_from_db()
        return rfp

    def laboratory(self, programme: Programme) -> Rfp:
        """Tell the request for a second laboratory up to today: issued, one proposal sealed, one half written."""
        company = self.company(programme, self.today - timedelta(days=testing.ISSUED_DAYS_AGO))
        scouting.scout(self.company(programme, company.day(-30)), testing.CANDIDATES)
        rfp = requesting.write(company, testing.REQUEST)
        cmos = [*(row.cmo for row in testing.CANDIDATES), *testing.ALSO_INVITED]
        rfp = requesting.issue(company, rfp, testing.REQUEST, cmos, undeclared="lena")
        bidding.hand_in(company, rfp, testing.TOLLUND)
        bidding.ask(company, rfp, *testing.OPEN_QUESTION)
        proposal, otto = bidding.invitation(rfp, "Nordvik Fill-Finish")
        with company.on(11):
            portal.save(proposal, otto, answers=testing.HALF_WRITTEN)
        return rfp

    def packer(self, programme: Programme) -> Rfp:
        """Tell the request for packaging up to today: two proposals opened, and part of the sheets handed in."""
        company = self.company(programme, self.today - timedelta(days=packaging.ISSUED_DAYS_AGO))
        scouting.scout(self.company(programme, company.day(-32)), packaging.CANDIDATES)
        rfp = requesting.write(company, packaging.REQUEST)
        rfp = requesting.issue(company, rfp, packaging.REQUEST, [bid.cmo for bid in PACKERS])
        for bid in PACKERS:
            bidding.hand_in(company, rfp, bid)
        rfp = judging.open_technical(company, rfp, PACKERS, packaging.REQUEST.days[1] + 1)
        judging.score(
            company, rfp, PACKERS, packaging.REQUEST.panel, packaging.REQUEST.days[1] + 4, packaging.HANDED_IN
        )
        return rfp
