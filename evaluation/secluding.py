"""What the trail keeps to itself: who works on a bid, while an RFP hides who takes part.

The entries are written, sealed and verified as all others are; nobody reads them in the product before the request is
closed. Of one that was cancelled before, nobody does later either: it may be issued anew to the same bidders.
"""

from __future__ import annotations

from django.db.models import Q

from cmo_lifecycle.audit.models import AuditEntry, keep_back
from evaluation.models import AccessLink, BidderMail, Proposal, SealedEnvelope, SealedFile

TABLES = [model._meta.db_table for model in (SealedEnvelope, SealedFile, AccessLink, BidderMail)]


@keep_back
def of_hidden_bidders() -> Q | None:
    hiding = Proposal.objects.filter(rfp__hides_participation=True, rfp__closed_at__isnull=True)
    keys = [str(pk) for pk in hiding.order_by().values_list("pk", flat=True)]
    if not keys:
        return None
    gone = Q(op=AuditEntry.Operation.DELETE)
    told = (gone & Q(old__proposal_id__in=keys)) | (~gone & Q(new__proposal_id__in=keys))
    return Q(table_name__in=TABLES) & told
