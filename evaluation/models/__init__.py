from evaluation.models.appraisal import Appraisal, BidRisk, Consensus, Gap, Support, TransferPhase
from evaluation.models.award import Award, Letter, RelationshipAward, Winner
from evaluation.models.candidate import Candidate, Cda, MustHave
from evaluation.models.clarifying import Addendum, Enquiry
from evaluation.models.diligence import Diligence
from evaluation.models.judging import Evaluator, Score, ScoreSheet
from evaluation.models.library import LibraryQuestion
from evaluation.models.opening import Opening
from evaluation.models.proposal import AccessLink, Answer, BidderMail, Price, Proposal, SealedEnvelope, SealedFile
from evaluation.models.rfp import Rfp
from evaluation.models.sheets import (
    Criterion,
    Milestone,
    PriceSheetLine,
    Quantity,
    Requirement,
    RfpQuestion,
    RfpRate,
    WeightSet,
)

__all__ = [
    "AccessLink", "Addendum", "Answer", "Appraisal", "Award", "BidRisk", "BidderMail", "Candidate", "Cda",
    "Consensus", "Criterion", "Diligence", "Enquiry", "Evaluator", "Gap", "Letter", "LibraryQuestion", "Milestone",
    "MustHave", "Opening", "Price", "PriceSheetLine", "Proposal", "Quantity", "RelationshipAward", "Requirement", "Rfp",
    "RfpQuestion", "RfpRate", "Score", "ScoreSheet", "SealedEnvelope", "SealedFile", "Support", "TransferPhase",
    "WeightSet", "Winner",
]  # fmt: skip
