"""Who comes through which door: every address × method × person, written down by hand and looked over.

A row is one letter per person, in this order, an outsider to the programme VX-12 after its members:

    anonymous | alice priya tom quinn farid lena sven erin | audra adam | otto | bob mallory | gone | read write
               sourcing  project manager  technical  quality  finance  legal  supply planning  executive
                                                             auditor  administrator
                                                                          at a CMO
                                                                                 of another programme: Bob as
                                                                                 project manager, Mallory in every
                                                                                 business role
                                                                                             deactivated
                                                                                                   tokens by their scope, of services
                                                                                                   on VX-12 for supply planning

    +  let in: what was sent is looked at (it may still be wrong: 400, 409, 412, 422, 428)
    s  has to sign in first: sent to the sign-in page, or 401
    r  has to give the password once more first
    x  may not (403)
    0  there is no such thing, for this person (404)
    m  there is no such method here (405)

A token opens only the API: at a page it is nobody, whatever the row says of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

COLUMNS = (
    "anonymous",
    "alice", "priya", "tom", "quinn", "farid", "lena", "sven", "erin",
    "audra", "adam",
    "otto",
    "bob", "mallory",
    "gone",
    "read", "write",
)  # fmt: skip
LETTERS = "+srx0m"

# ---- rows that come back

#                 anon members  a/a o b/m gone r/w
INTERNAL = "      s    ++++++++ ++  x ++  s    ++"
SIGNED_IN = "     s    ++++++++ ++  + ++  s    ss"
ANYBODY = "       +    ++++++++ ++  + ++  +    ++"
NOWHERE = "       0    00000000 00  0 00  0    00"
OVERSEERS = "     s    xxxxxxxx ++  x xx  s    xx"
ADMINISTRATOR = " s    xxxxxxxx x+  x xx  s    xx"
#: What hangs on the programme: its members and the auditor see it. An administrator manages people, not programmes.
OF_VX12 = "       s    ++++++++ +0  x 00  s    ++"
NO_STEP = "       s    00000000 00  x 00  s    xx"
ASKED_AGAIN = "   s    rrrrrrrr rr  r rr  s    ss"

#: A method that a door does not have: the gate is asked first.
NO_METHOD = "     s    mmmmmmmm mm  x mm  s    xm"
NO_READING = "    s    mmmmmmmm mm  x mm  s    mm"
NO_METHOD_FOR_SIGNED_IN = "s mmmmmmmm mm  m mm  s    ss"
NO_METHOD_AT_ALL = "m mmmmmmmm mm m mm m mm"

# ---- the nouns: one rule for page and REST


@dataclass(frozen=True)
class Noun:
    """The doors of one noun. `add` is asked of whoever adds, `edit` of a record of VX-12 where it hangs on one."""

    route: str
    #: Namespace and stem of its pages; empty: it has none.
    pages: str
    read: str = INTERNAL
    #: Empty: the page that adds is for nobody, and the API has no such method.
    add: str = ""
    edit: str = ""
    #: Files. Empty: none are kept with it.
    attach: str = ""
    #: Changing several at once, where nobody adds: a foreign record is a mistake in the list, not a closed door.
    bulk: str = ""
    has_upsert: bool = False
    #: Whoever may not add page by page because later versions come by revising.
    add_page: str = ""
    #: Which of the pages that add and edit it has.
    forms: tuple[str, ...] = ("add", "edit")
    #: Tables of its records: read as the record is, written by whoever edits it.
    tables: tuple[str, ...] = ()
    #: Who writes its tables, where nothing else of it is edited.
    writes: str = ""
    #: Every step of its life, for page and REST.
    steps: dict[str, str] = field(default_factory=dict)
    #: Steps that other steps take along: nobody presses them, and the API has no address for them.
    inner_steps: dict[str, str] = field(default_factory=dict)


#                       a APTQFLSE
KEEPERS = "             s ++x+xxxx xx x ++ s xx"  # sourcing, project manager, quality
KEEPERS_TECHNICAL = "   s ++++xxxx xx x ++ s xx"
KEEPERS_VX12 = "        s ++x+xxxx x0 x 00 s xx"
NOBODY_ADDS = "         s xxxxxxxx xx x xx s xx"
SOURCING_ADDS = "        s +xxxxxxx xx x x+ s xx"
SOURCING_VX12 = "        s +xxxxxxx x0 x 00 s xx"
LEADERS_VX12 = "         s ++xxxxxx x0 x 00 s xx"
LIBRARIANS = "           s +x++xxxx xx x x+ s xx"
#: What was opened is there for the panel (sourcing, project manager, technical, quality) and for the auditor.
OPENED = "               s ++++0000 +0 x 00 s 00"
PANEL = "                s ++++0000 x0 x 00 s x0"
#: Whoever judges clauses and asks for waivers: sourcing, quality, legal.
JUDGES = "               s +xx+x+xx xx x x+ s xx"
JUDGES_VX12 = "          s +xx+x+xx x0 x 00 s xx"
WAIVES_VX12 = "          s xxxxx+x+ x0 x 00 s xx"
#: Whoever keeps agreements: sourcing, quality, legal; finance writes on them.
KEEPS_AGREEMENT = "      s +xx+x+xx x0 x 00 s xx"
WRITES_AGREEMENT = "     s +xx+++xx x0 x 00 s xx"
WRITES_TEXT = "          s +xx+++xx xx x x+ s xx"
#: Whoever writes the delegation of authority: finance and legal.
DELEGATES = "            s xxxx++xx xx x x+ s xx"
QUALITY_VX12 = "         s xxx+xxxx x0 x 00 s xx"
QUALITY_DECIDES = "     s xxx+xxxx xx x x+ s xx"  # any site's qualification, whatever the programme

NOUNS = (
    Noun("cmos", "partners:cmo", add=KEEPERS, edit=KEEPERS, attach=KEEPERS, has_upsert=True),
    Noun("sites", "partners:site", add=KEEPERS, edit=KEEPERS, attach=KEEPERS, has_upsert=True),
    Noun("identifiers", "partners:identifier", add=KEEPERS, edit=KEEPERS),
    Noun("contacts", "partners:contact", add=KEEPERS, edit=KEEPERS),
    Noun("certificates", "partners:certificate", add=KEEPERS, edit=KEEPERS, attach=KEEPERS),
    Noun("inspections", "partners:inspection", add=KEEPERS, edit=KEEPERS, attach=KEEPERS),
    Noun("capabilities", "partners:capability", add=KEEPERS_TECHNICAL, edit=KEEPERS_TECHNICAL),
    Noun(
        "qualifications",
        "partners:qualification",
        # Sourcing proposes a site, quality alone decides.
        add="    s +xx+xxxx xx x x+ s xx",
        edit="   s xxx+xxxx xx x x+ s xx",
        attach=" s +xx+xxxx xx x x+ s xx",
        steps={
            "start": QUALITY_DECIDES,
            "approve": QUALITY_DECIDES,
            "approve_conditionally": QUALITY_DECIDES,
            "reject": QUALITY_DECIDES,
            "extend_review": QUALITY_DECIDES,
            "suspend": QUALITY_DECIDES,
            "reinstate": QUALITY_DECIDES,
            "disqualify": QUALITY_DECIDES,
            "readmit": QUALITY_DECIDES,
        },
    ),
    Noun(
        "programmes",
        "partners:programme",
        read=OF_VX12,
        add="    s ++xxxxxx xx x ++ s xx",
        edit="   s ++xxxxxx x0 x 00 s xx",
        attach=" s ++xxxxxx x0 x 00 s xx",
        has_upsert=True,
        steps={
            "close": "  s ++xxxxxx x0 x 00 s xx",
            "reopen": " s ++xxxxxx x0 x 00 s xx",
        },
    ),
    Noun(
        "relationships",
        "partners:relationship",
        read=OF_VX12,
        add="    s ++xxxxxx xx x ++ s xx",
        edit="   s ++xxxxxx x0 x 00 s xx",
        attach=" s ++xxxxxx x0 x 00 s xx",
        has_upsert=True,
        steps={
            #                          a APTQFLSE
            "register_as_existing": "  s ++xxxxxx x0 x 00 s xx",
            "approve_strategy": "      s xxxxxxx+ x0 x 00 s xx",
            "start_sourcing": "        s +xxxxxxx x0 x 00 s xx",
            "select": "                s xxxxxxx+ x0 x 00 s xx",
            "start_contracting": "     s +xxxx+xx x0 x 00 s xx",
            "onboard": "               s ++xxxxxx x0 x 00 s xx",
            "operate": "               s x+xxxxxx x0 x 00 s xx",
            "start_change": "          s ++xxxxxx x0 x 00 s xx",
            "finish_change": "         s ++xxxxxx x0 x 00 s xx",
            "re_evaluate": "           s ++x+xxx+ x0 x 00 s xx",
            "continue_as_is": "        s x+xxxxx+ x0 x 00 s xx",
            "restructure": "           s xxxxxxx+ x0 x 00 s xx",
            "finish_restructuring": "  s ++xxxxxx x0 x 00 s xx",
            "suspend": "               s xxx+xxx+ x0 x 00 s xx",
            "reinstate": "             s xxx+xxxx x0 x 00 s xx",
            "start_exit": "            s xxxxxxx+ x0 x 00 s xx",
            "close": "                 s x+xxxxx+ x0 x 00 s xx",
            "cancel": "                s ++xxxxxx x0 x 00 s xx",
        },
    ),
    Noun(
        "tier-assessments",
        "partners:tier_assessment",
        read=OF_VX12,
        add="    s ++++xxxx xx x ++ s xx",
        edit="   s ++++xxxx x0 x 00 s xx",
        attach=" s ++++xxxx x0 x 00 s xx",
        steps={"approve": "s xxx+xxxx x0 x 00 s xx"},
        inner_steps={"supersede": "s xxxxxxxx x0 x 00 s ss"},
    ),
    Noun(
        "strategies",
        "strategy:strategy",
        # It is edited by its writer.
        forms=("add",),
        read=OF_VX12,
        #       a APTQFLSE
        add="   s ++xxxxxx xx x ++ s xx",
        # Planning writes demand and capacity, finance the money.
        edit="  s +++x+x+x x0 x 00 s x+",
        attach="s +++x+x+x x0 x 00 s xx",
        has_upsert=True,
        tables=(
            "objectives",
            "attributes",
            "judgements",
            "demand",
            "capacity",
            "cash_flows",
            "rates",
            "factors",
            "forces",
            "known_cmos",
            "stakeholders",
            "risks",
        ),
        steps={
            #            a APTQFLSE
            "submit": "  s ++xxxxxx x0 x 00 s xx",
            "send_back": "s ++x+xxx+ x0 x 00 s xx",
            "approve": " s xxx+xxx+ x0 x 00 s xx",
            "retire": "  s xxxxxxx+ x0 x 00 s xx",
            "abandon": " s ++xxxxxx x0 x 00 s xx",
        },
        inner_steps={"supersede": "s xxxxxxxx x0 x 00 s ss"},
    ),
    Noun(
        "consequences",
        "strategy:consequence",
        read=OF_VX12,
        # Rules propose them: nobody adds one, and what is asked is changed by a step alone.
        forms=(),
        steps={
            "accept": "    s ++xxxxxx x0 x 00 s xx",
            "change": "    s ++xxxxxx x0 x 00 s xx",
            "decline": "   s ++xxxxxx x0 x 00 s xx",
            "reconsider": "s ++xxxxxx x0 x 00 s xx",
        },
        inner_steps={
            "ask_again": " s xxxxxxxx x0 x 00 s ss",
            "withdraw": "  s xxxxxxxx x0 x 00 s ss",
        },
    ),
    Noun(
        "partnership-attributes",
        "strategy:partnership_attribute",
        add="    s +xxxxxxx xx x x+ s xx",
        edit="   s +xxxxxxx xx x x+ s xx",
        steps={
            "retire_attribute": "     s +xxxxxxx xx x x+ s xx",
            "bring_back_attribute": " s +xxxxxxx xx x x+ s xx",
        },
    ),
    Noun(
        "cdas",
        "evaluation:cda",
        forms=("add",),
        attach="s +xxxx+xx x0 x 00 s xx",
        read=OF_VX12,
        #       a APTQFLSE
        add="   s +xxxx+xx xx x x+ s xx",
        edit="  s +xxxx+xx x0 x 00 s xx",
        has_upsert=True,
        steps={
            "send": "         s +xxxx+xx x0 x 00 s xx",
            "put_in_force": " s +xxxx+xx x0 x 00 s xx",
            "terminate": "    s xxxxx+xx x0 x 00 s xx",
            "abandon": "      s +xxxx+xx x0 x 00 s xx",
        },
    ),
    Noun(
        "candidates",
        "evaluation:candidate",
        forms=("add",),
        attach="s ++++xxxx x0 x 00 s xx",
        read=OF_VX12,
        add="   s ++xxxxxx xx x ++ s xx",
        edit="  s ++++xxxx x0 x 00 s xx",
        has_upsert=True,
        tables=("must_haves",),
        steps={
            "long_list": LEADERS_VX12,
            "short_list": SOURCING_VX12,
            "knock_out": LEADERS_VX12,
            "drop": LEADERS_VX12,
            "look_again": SOURCING_VX12,
        },
    ),
    Noun(
        "rfps",
        "evaluation:rfp",
        # It is edited by its writer.
        forms=("add",),
        attach="s +++++++x x0 x 00 s xx",
        read=OF_VX12,
        add=SOURCING_ADDS,
        # Each writes what is theirs; the executive decides on the award alone.
        edit="  s +++++++x x0 x 00 s x+",
        has_upsert=True,
        tables=(
            "criteria",
            "requirements",
            "questions",
            "price_sheet",
            "quantities",
            "timetable",
            "rates",
            "weight_sets",
        ),
        steps={
            #                    a APTQFLSE
            "approve": "         s xx++xxxx x0 x 00 s xx",
            "send_back": "       s +x++xxxx x0 x 00 s xx",
            "issue": SOURCING_VX12,
            "close": SOURCING_VX12,
            # Only whoever has declared to be free of conflicts: finance does not sit on this panel.
            "open_technical": "  s +xx+xxxx x0 x 00 s xx",
            "lock_technical": SOURCING_VX12,
            "open_commercial": SOURCING_VX12,
            "conclude": SOURCING_VX12,
            "cancel": "          s +xxxxxx+ x0 x 00 s xx",
        },
        inner_steps=dict.fromkeys(("recommend", "reconsider", "award", "move_deadline"), "s xxxxxxxx x0 x 00 s ss"),
    ),
    Noun(
        "proposals",
        "evaluation:proposal",
        read=OF_VX12,
        forms=("add",),
        # To add one is to invite; nothing of it is edited. Bidders have their own pages for their own steps.
        add=SOURCING_ADDS,
        steps={
            #                        a APTQFLSE
            "enter_paper": SOURCING_VX12,
            "write_to": SOURCING_VX12,
            "accept_late": "         s xxxxxxx+ x0 x 00 s xx",
            "refuse_late": "         s +xxxxxx+ x0 x 00 s xx",
            "find_compliant": "      s +xx+xxxx x0 x 00 s xx",
            "find_non_compliant": "  s +xx+xxxx x0 x 00 s xx",
            "shortlist": SOURCING_VX12,
        },
        inner_steps=dict.fromkeys(
            ("submit", "withdraw", "confirm_addendum", "decline", "reconsider", "miss", "score", "win", "lose"),
            "s xxxxxxxx x0 x 00 s ss",
        ),
    ),
    Noun(
        "enquiries",
        "evaluation:enquiry",
        forms=(),
        read=OF_VX12,
        steps={"answer": "s +x++xxxx x0 x 00 s xx", "decline_to_answer": SOURCING_VX12},
    ),
    Noun(
        "addenda",
        "evaluation:addendum",
        attach=SOURCING_VX12,
        read=OF_VX12,
        add=SOURCING_ADDS,
        edit=SOURCING_VX12,
        steps={"publish": SOURCING_VX12, "abandon": SOURCING_VX12},
    ),
    Noun(
        "evaluators",
        "evaluation:evaluator",
        read=OF_VX12,
        add=SOURCING_ADDS,
        edit=SOURCING_VX12,
        # The seat is Tom's: nobody declares for him.
        steps={
            "declare_none": "      s xx+xxxxx x0 x 00 s xx",
            "declare_conflict": "  s xx+xxxxx x0 x 00 s xx",
            "release": SOURCING_VX12,
        },
    ),
    Noun(
        "score-sheets",
        "evaluation:score_sheet",
        forms=(),
        # Tom's, and still open: for nobody else is it there.
        read="   s 00+00000 00 x 00 s 00",
        tables=("scores",),
        writes=" s 00+00000 00 x 00 s x0",
        steps={
            "submit": "s 00+00000 00 x 00 s x0",
            "reopen": "s 00x00000 00 x 00 s x0",
        },
    ),
    Noun("openings", "", read=OPENED),
    Noun(
        "appraisals",
        "evaluation:appraisal",
        # Laid out when an envelope is opened: nobody adds one.
        add_page=NOBODY_ADDS,
        attach=PANEL,
        read=OPENED,
        edit=PANEL,
        #      a APTQFLSE
        bulk=" s +++++x+x xx x ++ s x+",
        tables=("gaps", "consensus", "risks", "transfer", "support"),
        steps={"settle": PANEL, "take_up": PANEL},
    ),
    Noun(
        "due-diligence",
        "evaluation:diligence",
        add_page=NOBODY_ADDS,
        attach=PANEL,
        read=OPENED,
        edit=PANEL,
        bulk=" s +++++++x xx x ++ s x+",
        steps={"start": PANEL, "complete": PANEL, "waive": "s xxx+0000 x0 x 00 s x0", "resume": PANEL},
    ),
    Noun(
        "awards",
        "evaluation:award",
        attach=SOURCING_VX12,
        # This one is of a single source; one that follows an RFP is there for whoever reads its proposals.
        read=OF_VX12,
        add=SOURCING_ADDS,
        edit=SOURCING_VX12,
        has_upsert=True,
        tables=("winners",),
        steps={
            #              a APTQFLSE
            "propose": SOURCING_VX12,
            "send_back": " s xxx++xx+ x0 x 00 s xx",
            "withdraw": SOURCING_VX12,
            "sign": "      s xxx++xx+ x0 x 00 s xx",
        },
    ),
    Noun(
        "library-questions",
        "evaluation:library_question",
        add=LIBRARIANS,
        edit=LIBRARIANS,
        steps={"put_in_use": LIBRARIANS, "retire": LIBRARIANS},
        inner_steps={"supersede": "s xxxxxxxx xx x xx s ss"},
    ),
    Noun(
        "agreements",
        "contracts:agreement",
        read=OF_VX12,
        #       a APTQFLSE
        add="   s +xx+x+xx xx x x+ s xx",
        edit=WRITES_AGREEMENT,
        attach=WRITES_AGREEMENT,
        has_upsert=True,
        tables=("signatories", "terms", "provisions", "duties", "responsibilities"),
        steps={
            "start_negotiation": KEEPS_AGREEMENT,
            "submit": KEEPS_AGREEMENT,
            "request_changes": "       s ++++++x+ x0 x 00 s xx",
            "take_up_changes": KEEPS_AGREEMENT,
            "approve": "               s x+x+++x+ x0 x 00 s xx",
            "reopen": KEEPS_AGREEMENT,
            "send_for_signature": KEEPS_AGREEMENT,
            "record_paper_signature": "s xxxxx+xx x0 x 00 s xx",
            # The CMO's signatory signs in the portal.
            "sign": "                  s xxx+xxx+ x0 x 00 s xx",
            "register_as_existing": "  s xxxxx+xx x0 x 00 s xx",
            "take_effect": KEEPS_AGREEMENT,
            "record_notice": "         s xxxxx+xx x0 x 00 s xx",
            "expire": "                s xxxxx+xx x0 x 00 s xx",
            "terminate": "             s xxxxx+xx x0 x 00 s xx",
            "abandon": KEEPS_AGREEMENT,
        },
        inner_steps={"supersede": "s xxxxxxxx x0 x 00 s ss"},
    ),
    # A text is brought in at its agreement, and never changed.
    Noun("contract-documents", "contracts:contract_document", read=OF_VX12, add=WRITES_TEXT, forms=()),
    Noun(
        "deliveries",
        "operations:delivery",
        read=OF_VX12,
        add="    s x+xxxx+x xx x ++ s x+",
        edit="   s x+xxxx+x x0 x 00 s x+",
        attach=" s x+xxxx+x x0 x 00 s x+",
        has_upsert=True,
    ),
    Noun(
        "import-profiles",
        "",
        add="  s ++xxxx+x xx x ++ s x+",
        edit=" s ++xxxx+x xx x ++ s x+",
    ),
    Noun(
        "kpi-definitions",
        "operations:kpi_definition",
        add="    s x+x+xxxx xx x ++ s xx",
        edit="   s x+x+xxxx xx x ++ s xx",
        attach=" s x+x+xxxx xx x ++ s xx",
        steps={
            "approve_definition": " s xxx+xxxx xx x x+ s xx",
            "retire_definition": "  s xxx+xxxx xx x x+ s xx",
        },
        inner_steps={"supersede_definition": "s xxxxxxxx xx x xx s ss"},
    ),
    Noun(
        "scoring-policies",
        "operations:scoring_policy",
        # There is a first one: every later version begins by revising.
        add_page=NOBODY_ADDS,
        edit="   s x+x+xxxx xx x ++ s xx",
        attach=" s x+x+xxxx xx x ++ s xx",
        steps={"approve_policy": "s xxx+xxxx xx x x+ s xx"},
        inner_steps={"supersede_policy": "s xxxxxxxx xx x xx s ss"},
    ),
    Noun(
        "reviews",
        "operations:review",
        read=OF_VX12,
        # The schedule opens reviews, nobody by hand.
        add_page=NOBODY_ADDS,
        edit="   s x+xxxxxx x0 x 00 s xx",
        bulk="   s x+xxxxxx xx x ++ s xx",
        attach=" s x+xxxxxx x0 x 00 s xx",
        steps={
            "score": "     s x+xxxxxx x0 x 00 s xx",
            "recompute": " s x+x+xxxx x0 x 00 s xx",
            "sign_off": "  s x+x+xxxx x0 x 00 s xx",
            "publish": "   s x+xxxxxx x0 x 00 s xx",
        },
    ),
    Noun(
        "frameworks",
        "operations:framework",
        # It is edited by its writer.
        forms=("add",),
        read=OF_VX12,
        #       a APTQFLSE
        add="   s ++xxxxxx xx x ++ s xx",
        edit="  s +++xxx+x x0 x 00 s x+",
        attach="s +++xxx+x x0 x 00 s xx",
        tables=("contact_rows", "meetings", "escalation_levels", "agreed_kpis", "budget_lines"),
        steps={
            "submit": LEADERS_VX12,
            # The CMO's contacts take these two in the portal, once it was handed to them.
            "send_back": "     s ++x+xxx+ x0 x 00 s xx",
            "approve": "       s ++x+xxx+ x0 x 00 s xx",
            "confirm_review": "s ++x+xxxx x0 x 00 s xx",
            "abandon": LEADERS_VX12,
        },
        inner_steps={"supersede": "s xxxxxxxx x0 x 00 s ss", "ask_for_review": "s xxxxxxxx x0 x 00 s ss"},
    ),
    Noun(
        "transfers",
        "operations:transfer",
        read=OF_VX12,
        add="    s x++xxxxx xx x ++ s xx",
        edit="   s x++xxxxx x0 x 00 s xx",
        attach=" s x++xxxxx x0 x 00 s xx",
        steps={
            "start_transfer": "   s x++xxxxx x0 x 00 s xx",
            "replan": "           s xxx+xxxx x0 x 00 s xx",
            "complete_transfer": "s x++xxxxx x0 x 00 s xx",
            "declare_not_needed": "s xx++xxxx x0 x 00 s xx",
        },
    ),
    Noun(
        "transfer-gates",
        "operations:transfer_gate",
        read=OF_VX12,
        add="    s x++xxxxx xx x ++ s xx",
        edit="   s x++xxxxx x0 x 00 s xx",
        attach=" s x++xxxxx x0 x 00 s xx",
        steps={
            "present": "       s x++xxxxx x0 x 00 s xx",
            "pass_gate": "     s xx++xxxx x0 x 00 s xx",
            "send_gate_back": "s xx++xxxx x0 x 00 s xx",
            "leave_out": "     s xxx+xxxx x0 x 00 s xx",
        },
    ),
    Noun(
        "obligations",
        "contracts:obligation",
        read=OF_VX12,
        #       a APTQFLSE
        add="   s ++x++++x xx x ++ s x+",
        edit="  s ++x++++x x0 x 00 s x+",
        attach="s ++x++++x x0 x 00 s x+",
        steps={
            "complete": "s ++x++++x x0 x 00 s x+",
            "waive": "   s +xx+x+xx x0 x 00 s xx",
            "reopen": "  s +xx+x+xx x0 x 00 s xx",
        },
        # The clock takes these two.
        inner_steps={"lapse": "s xxxxxxxx x0 x 00 s ss", "take_up": "s xxxxxxxx x0 x 00 s ss"},
    ),
    Noun(
        "agreement-events",
        "contracts:agreement_event",
        read=OF_VX12,
        add="   s ++x++++x xx x ++ s x+",
        edit="  s ++x++++x x0 x 00 s x+",
        attach="s ++x++++x x0 x 00 s x+",
        steps={"withdraw": "s +xx+x+xx x0 x 00 s xx"},
    ),
    Noun(
        "negotiation-points",
        "contracts:negotiation_point",
        read=OF_VX12,
        add=JUDGES,
        edit=WRITES_AGREEMENT,
        attach=WRITES_AGREEMENT,
        tables=("positions",),
        steps=dict.fromkeys(("settle", "give_up", "take_up_again"), KEEPS_AGREEMENT),
    ),
    Noun(
        "subcontractors",
        "contracts:subcontractor",
        read=OF_VX12,
        add=KEEPERS,
        edit=KEEPERS_VX12,
        attach=KEEPERS_VX12,
        steps=dict.fromkeys(("approve", "refuse", "end"), QUALITY_VX12),
    ),
    Noun(
        "exercises",
        "contracts:exercise",
        read=OF_VX12,
        add=QUALITY_DECIDES,
        edit=QUALITY_VX12,
        attach=QUALITY_VX12,
        steps={"sign": QUALITY_VX12},
    ),
    Noun(
        "delegations",
        "contracts:delegation",
        add=DELEGATES,
        edit=DELEGATES,
        attach=DELEGATES,
        tables=("limits", "rates"),
        #                       a APTQFLSE
        steps={"put_in_force": "s xxxx+xx+ xx x x+ s xx"},
        inner_steps={"supersede": "s xxxxxxxx xx x xx s ss"},
    ),
    Noun(
        "split-answers",
        "contracts:split_answer",
        read=OF_VX12,
        forms=(),
        steps=dict.fromkeys(("keep_apart", "treat_as_one"), "s xxxx+xxx x0 x 00 s xx"),
    ),
    Noun("holiday-calendars", "contracts:holiday_calendar", add=JUDGES, edit=JUDGES, tables=("holidays",)),
    Noun("clauses", "contracts:clause", read=OF_VX12, add=JUDGES, edit=JUDGES_VX12),
    Noun(
        "waivers",
        "contracts:waiver",
        read=OF_VX12,
        add=JUDGES,
        edit=JUDGES_VX12,
        attach=JUDGES_VX12,
        steps={"grant": WAIVES_VX12, "refuse": WAIVES_VX12, "withdraw": "s +xxxx+xx x0 x 00 s xx"},
    ),
)

# ---- everything else, address by address

DOORS: dict[str, dict[str, str]] = {}


def door(*names: str, **methods: str) -> None:
    """Write the rows of addresses down. A method that is not named is there for nobody."""
    for name in names:
        assert name not in DOORS, f"{name} stands in the table twice"
        DOORS[name] = methods


# Health: for whoever watches the installation.
door("livez", "readyz", GET=ANYBODY, POST=NO_METHOD_AT_ALL)

# Signing in.
door("account_login", "account_signup", GET=ANYBODY, POST=ANYBODY)
door("account_logout", GET=ANYBODY, POST=ANYBODY)
door("account_inactive", GET=ANYBODY, POST=NO_METHOD_AT_ALL)
door("account_reset_password", "account_reset_password_from_key", GET=ANYBODY, POST=ANYBODY)
door(
    "account_reset_password_done", "account_reset_password_from_key_done", GET=ANYBODY, POST=NO_METHOD_AT_ALL
)  # fmt: skip
door("mfa_login_webauthn", GET=ANYBODY, POST=ANYBODY)
# The second step of a sign-in that nobody here has begun: back to its first.
door("mfa_authenticate", GET=ANYBODY, POST=ANYBODY)

# One's own account; what guards it asks for the password once more.
door("profile", "statement", GET=SIGNED_IN, POST=SIGNED_IN)
door("own_signatures", GET=SIGNED_IN, POST=NO_METHOD_FOR_SIGNED_IN)
door("usersessions_list", GET=SIGNED_IN, POST=SIGNED_IN)
door("account_reauthenticate", "account_change_password", GET=SIGNED_IN, POST=SIGNED_IN)
door("account_set_password", GET=SIGNED_IN, POST=SIGNED_IN)
door("mfa_index", GET=SIGNED_IN, POST=NO_METHOD_FOR_SIGNED_IN)
door("accounts:stay", GET=SIGNED_IN, POST=NO_METHOD_AT_ALL)

# People.
door(
    "accounts:person_list", "accounts:access_review", "accounts:access_review_csv",
    GET=OVERSEERS, POST="s xxxxxxxx mm x xx s ss",
)  # fmt: skip
door("accounts:person_add", "accounts:service_add", GET=ADMINISTRATOR, POST=ADMINISTRATOR)
# Colleagues see each other's card; somebody at a CMO sees nobody.
door("accounts:person", GET="s ++++++++ ++ 0 ++ s ss", POST=NO_METHOD_FOR_SIGNED_IN)
door("accounts:person_edit", "accounts:person_invite", GET=ADMINISTRATOR, POST=ADMINISTRATOR)
door("accounts:token_add", "accounts:token_revoke", GET=ADMINISTRATOR, POST=ADMINISTRATOR)
PERSON_STEPS = (
    "grant_role", "withdraw_role", "verify_identity", "end_sessions", "deactivate", "reactivate",
)  # fmt: skip
for _verb in PERSON_STEPS:
    door(f"accounts:person_step {_verb}", GET=ADMINISTRATOR, POST=ADMINISTRATOR)
door("accounts:person_step no_such_step", GET="s xxxxxxxx x0 x xx s ss", POST="s xxxxxxxx x0 x xx s ss")

# The roof.
door("home", "search", GET=SIGNED_IN, POST=NO_METHOD_FOR_SIGNED_IN)
door("tour", GET=SIGNED_IN, POST=NO_METHOD_FOR_SIGNED_IN)
# Without demo data there is nothing to remove.
door("demo_remove", GET="s xxxxxxxx x0 x xx s ss", POST="s xxxxxxxx x0 x xx s ss")
door("audit_trail", GET=OVERSEERS)
door("api_docs", GET=INTERNAL)

# Files, background work, suggestions.
door("attachment", GET=OF_VX12)
# The file is the relationship's: whoever edits those.
VOIDERS = "s ++xxxxxx x0 x 00 s xx"
door("attachment_void", GET=VOIDERS, POST=VOIDERS)
door("job_list", GET=INTERNAL)
# Sven started it; whoever oversees the installation sees it too.
door("job", GET="s 000000+0 ++ x 00 s ss")
door("job_cancel", GET=NO_READING, POST="s 000000+0 x+ x 00 s ss")
door("pick", GET=INTERNAL)

# Operations.
door("operations:home", "operations:review_run_list", "operations:kpi_definition_versions", GET=INTERNAL)
door("operations:review_inputs", "operations:review_pdf", GET=OF_VX12)
REVISERS = "s x+x+xxxx xx x ++ s xx"
door("operations:kpi_definition_revise", "operations:scoring_policy_revise", GET=REVISERS, POST=REVISERS)

door("operations:kpi_explorer", "operations:kpi_explorer_csv", GET=INTERNAL)

# Strategy.
door("strategy:rules", GET=INTERNAL)
door("strategy:strategy_compare", "strategy:board_paper", "api:strategies-board-paper", GET=OF_VX12)
STRATEGISTS = "s ++xxxxxx x0 x 00 s xx"
door("strategy:asks", GET=OF_VX12, POST=STRATEGISTS)
door("strategy:strategy_revise", GET=STRATEGISTS, POST=STRATEGISTS)

# Costs, due diligence, technology transfer, awards. The world's RFP has its prices still sealed.
READS_RFP = "s ++++xxxx +0 x 00 s ss"
door("evaluation:costs", "evaluation:diligence_board", "evaluation:transfers", GET=READS_RFP)
door("evaluation:cost", "evaluation:cost_lines", GET="s 0000xxxx 00 x 00 s ss")
door("evaluation:appraisal_table", GET=PANEL, POST=PANEL)
door("evaluation:award_table", GET=SOURCING_VX12, POST=SOURCING_VX12)
door("evaluation:award_report", "evaluation:award_letters", GET=OF_VX12)
# Nothing is awarded yet, so nobody was written to.
door("evaluation:award_letter", GET="s 00000000 00 x 00 s ss")

# The bidders' portal: whoever is at a CMO, or holds a link; no colleague. Of another CMO's invitation it knows nothing.
door("portal:home", GET="s xxxxxxxx xx + xx s ss", POST="s xxxxxxxx xx m xx s ss")
door("portal:link", GET="+ xxxxxxxx xx + xx + ++", POST=NO_METHOD_AT_ALL)
door("portal:code", GET="+ xxxxxxxx xx + xx + ++", POST="+ xxxxxxxx xx + xx + ++")
door("portal:ended", GET=ANYBODY, POST=NO_METHOD_AT_ALL)
door("portal:leave", GET=NO_METHOD_AT_ALL, POST=ANYBODY)
ANOTHERS = "s xxxxxxxx xx 0 xx s ss"
for _name in (
    "invitation", "document", "questions", "envelope", "add_file", "file", "remove_file", "workbook", "submit",
    "receipt", "own", "withdraw", "decline", "reconsider", "confirm",
):  # fmt: skip
    door(f"portal:{_name}", GET=ANOTHERS, POST=ANOTHERS)
# A framework that is still written is there for nobody at a CMO.
door("portal_frameworks:home", GET="s xxxxxxxx xx + xx s ss", POST="s xxxxxxxx xx m xx s ss")
door("portal_frameworks:framework", GET=ANOTHERS, POST="s xxxxxxxx xx m xx s ss")
door("portal_frameworks:sign", "portal_frameworks:send_back", GET=ANOTHERS, POST=ANOTHERS)
# The same for sourcing, who enters a paper proposal of its programme.
NO_PAPER = "s 0xxxxxxx xx x x0 s ss"
for _name in (
    "invitation", "document", "envelope", "add_file", "file", "remove_file", "workbook", "submit", "receipt", "own",
    "withdraw",
):  # fmt: skip
    door(f"paper:{_name}", GET=NO_PAPER, POST=NO_PAPER)

# Imports. A file on its way in is its owner's (Sven's); the auditor looks on.
IMPORT = "      s 000000+0 +0 x 00 s 00"
IMPORT_STEP = " s 000000+0 x0 x 00 s x0"
INNER_STEP = "  s 000000x0 x0 x 00 s ss"
door("operations:import_list", "api:imports-list", "api:import-problems-list", GET=INTERNAL)
DOORS["api:imports-list"] = {
    "GET": INTERNAL,
    # The file is one of deliveries: whoever keeps those.
    "POST": "s x+xxxx+x xx x ++ s x+",
}
# Sourcing brings in sites.
door("operations:import_add", GET="s ++xxxx+x xx x ++ s ss", POST="s ++xxxx+x xx x ++ s ss")
door("operations:import", "operations:import_bad_rows", "api:imports-detail", "api:import-problems-detail", GET=IMPORT)
door("operations:import_map", GET=IMPORT_STEP, POST=IMPORT_STEP)
for _verb in ("dry_run", "commit", "stop", "take_back", "cancel"):
    door(f"operations:import_step {_verb}", GET=IMPORT_STEP, POST=IMPORT_STEP)
    door(f"api:imports-{_verb}", POST=IMPORT_STEP)
door("api:imports-map_columns", POST=IMPORT_STEP)
# Taken along by the work in the background, never pressed.
for _verb in ("note_dry_run", "finish_commit", "give_back"):
    door(f"operations:import_step {_verb}", GET=INNER_STEP, POST=INNER_STEP)
door("operations:import_step no_such_step", GET=NO_STEP, POST=NO_STEP)

# Over the proposals of an RFP: whoever sits on its panel and has declared no conflict, and the auditor.
#               a APTQFLSE
ON_THE_PANEL = "s ++++xxxx +0 x 00 s ss"
door("evaluation:matrix", GET=ON_THE_PANEL, POST=ON_THE_PANEL)
door(
    "evaluation:matrix_total",
    "evaluation:matrix_cell",
    "evaluation:moderation",
    "evaluation:sensitivity",
    GET=ON_THE_PANEL,
)
# Tom has not handed in: the scores of this proposal are kept from everybody, so nobody settles one.
door("evaluation:consensus", GET="s xxxxxxxx x0 x 00 s ss", POST="s xxxxxxxx x0 x 00 s ss")
# The sheet is Tom's.
door("evaluation:score_sheet_write", GET="s 00+00000 00 x 00 s ss", POST="s 00+00000 00 x 00 s ss")

# The writer of a strategy: whoever may edit it.
#                 a APTQFLSE
WRITES_VX12 = " s +++x+x+x x0 x 00 s xx"
door("strategy:strategy_go_on", GET=WRITES_VX12)
door("strategy:strategy_write", GET=WRITES_VX12, POST=WRITES_VX12)

# The writer of an operating framework, and its next version.
WRITES_FRAMEWORK = " s +++xxx+x x0 x 00 s xx"
door("operations:framework_go_on", GET=WRITES_FRAMEWORK)
door("operations:framework_write", GET=WRITES_FRAMEWORK, POST=WRITES_FRAMEWORK)
door("operations:framework_revise", GET=LEADERS_VX12, POST=LEADERS_VX12)
door("api:frameworks-findings", GET=OF_VX12)
door("api:frameworks-revise", POST=LEADERS_VX12)

# What is owed: the calendar, duties, terms out of the library, and what terms come to.
door("contracts:calendar", "contracts:own_calendar", "api:agreement-calendar", GET=INTERNAL)
door("contracts:agreement_sums", GET=OF_VX12)
WRITES_TERMS = " s +xx+++xx x0 x 00 s xx"
door("contracts:agreement_duties", "contracts:library_terms", GET=WRITES_TERMS, POST=WRITES_TERMS)

# The negotiation of an agreement, who answers for what, and who may commit us.
door("contracts:negotiation", "contracts:agenda", GET=OF_VX12)
door("contracts:negotiation_point_write", GET=WRITES_AGREEMENT, POST=WRITES_AGREEMENT)
door("contracts:responsibilities", GET=OF_VX12, POST=WRITES_AGREEMENT)
door("contracts:delegation_write", "contracts:delegation_revise", GET=DELEGATES, POST=DELEGATES)
door("contracts:holiday_calendar_write", GET=JUDGES, POST=JUDGES)

# The clause library, coverage, and the clauses of one agreement.
door("contracts:clause_library", "contracts:clause_topic", "contracts:coverage", GET=INTERNAL)
door("contracts:agreement_clauses", GET=OF_VX12, POST=JUDGES_VX12)
door("api:clause-library", "api:contract-coverage", GET=INTERNAL)
door("api:agreements-topics", "api:agreements-search", GET=OF_VX12)

# The world's agreement is a draft: it is written on, and amended by nobody.
door("contracts:agreement_amend", GET="s xxxxxxxx x0 x 00 s xx", POST="s xxxxxxxx x0 x 00 s xx")
for _name in ("bring_in", "signatories", "terms"):
    door(f"contracts:agreement_{_name}", GET=WRITES_AGREEMENT, POST=WRITES_AGREEMENT)
door("contracts:agreement_provisions", GET=NO_STEP, POST=NO_STEP)
door("contracts:agreement_red_line", "contracts:contract_document_text", GET=OF_VX12)
door("api:agreements-effective-terms", "api:agreements-position", "api:agreements-authority", GET=OF_VX12)
# A contact sees it once it was sent for signature.
door("portal_agreements:home", GET="s xxxxxxxx xx + xx s ss", POST="s xxxxxxxx xx m xx s ss")
for _name in ("agreement", "text", "file"):
    door(f"portal_agreements:{_name}", GET=ANOTHERS, POST="s xxxxxxxx xx m xx s ss")
door("portal_agreements:sign", GET=ANOTHERS, POST=ANOTHERS)

# From the market scan to the deadline of an RFP.
door("evaluation:scan", GET=INTERNAL, POST="s ++xxxxxx xx x ++ s xx")
door("evaluation:long_list", GET=INTERNAL)
# The world's CDA is in force, its candidate on the short list, its RFP opened: none is written on by anybody.
NOT_WRITTEN = "s xxxxxxxx x0 x 00 s xx"
for _name in ("candidate_write", "candidate_edit", "cda_edit"):
    door(f"evaluation:{_name}", GET=NOT_WRITTEN, POST=NOT_WRITTEN)
door("evaluation:rfp_go_on", GET=NOT_WRITTEN)
door("evaluation:rfp_write", "evaluation:rfp_template", "evaluation:rfp_library", GET=NOT_WRITTEN, POST=NOT_WRITTEN)
door("evaluation:rfp_trace", "evaluation:rfp_panel", GET=OF_VX12)
door("evaluation:rfp_invitations", GET=OF_VX12, POST=SOURCING_VX12)
door("evaluation:library_question_revise", GET=LIBRARIANS, POST=LIBRARIANS)

# REST besides the nouns.
door("api:kpi-definitions-revise", "api:scoring-policies-revise", POST=REVISERS)
door("api:reviews-inputs", GET=OF_VX12)
door("api:kpi-values", "api:strategy-rules", GET=INTERNAL)
door("api:strategies-revise", POST="s ++xxxxxx x0 x 00 s xx")
door("api:strategies-accept-all", POST="s ++xxxxxx x0 x 00 s xx")
door("api:strategies-figures", "api:strategies-comparison", GET=OF_VX12)
door("api:rfps-findings", "api:rfps-questions-and-answers", "api:awards-report", "api:awards-letters", GET=OF_VX12)
# The one thing of the API that a bidder may ask for as well; the world's RFP has not brought any letters.
door("api:proposals-letter", GET="s 00000000 00 0 00 s 00")
door("api:rfps-template", POST="s +++++++x x0 x 00 s x+")
door("api:rfps-board", "api:rfps-costs", "api:proposals-answers", "api:proposals-prices", GET=OPENED)
door("api:proposals-links", GET=OF_VX12)
door("api:proposals-link", "api:proposals-revoke-links", POST=SOURCING_VX12)
door("api:library-questions-revise", POST=LIBRARIANS)
door("api:rfp-templates", GET=INTERNAL)
door("api:events-list", "api:people-list", "api:people-detail", GET=INTERNAL)
door("api:events-detail", "api:attachments-detail", GET=OF_VX12)
# The file is for a CMO: whoever keeps CMOs.
door("api:attachments-list", GET=INTERNAL, POST="s ++x+xxxx xx x ++ s xx")
door("api:attachments-void", POST=VOIDERS)
door("api:jobs-list", GET=INTERNAL)
door("api:jobs-detail", GET="s 000000+0 ++ x 00 s 00")
door("api:jobs-cancel", POST="s 000000+0 x+ x 00 s x0")
door("api:audit-entries-list", "api:audit-entries-detail", GET=OVERSEERS)
door("api:schema", "api:problems", "api:problem", GET=INTERNAL)
door("api:unknown", GET=NOWHERE, POST=NOWHERE, PUT=NOWHERE, PATCH=NOWHERE, DELETE=NOWHERE)

for _name in ("mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
    door(_name, GET=ASKED_AGAIN, POST=ASKED_AGAIN)
door("mfa_reauthenticate", "mfa_reauthenticate_webauthn", GET=ASKED_AGAIN, POST=ASKED_AGAIN)
door("mfa_remove_webauthn", "mfa_edit_webauthn", GET=ASKED_AGAIN, POST=ASKED_AGAIN)
door("mfa_list_webauthn", GET=SIGNED_IN, POST=NO_METHOD_FOR_SIGNED_IN)
# What one does not have cannot be shown or taken away.
NOT_MINE = "s 00000000 00 0 00 s ss"
door("mfa_deactivate_totp", "mfa_download_recovery_codes", GET=NOT_MINE, POST=NOT_MINE)
door("mfa_view_recovery_codes", GET=NOT_MINE, POST=NO_METHOD_FOR_SIGNED_IN)


def _noun_doors(noun: Noun) -> None:
    api, edit = f"api:{noun.route}", noun.edit
    by_list = {"GET": INTERNAL} | ({"POST": noun.add} if noun.add else {})
    door(f"{api}-list", **by_list)
    door(f"{api}-detail", **({"GET": noun.read} | ({"PUT": edit, "PATCH": edit} if edit else {})))
    if edit:
        # An item of a bulk is added where it has no id, else changed.
        door(f"{api}-bulk", POST=noun.bulk or noun.add or edit)
    for table in noun.tables:
        door(f"{api}-{table}", GET=noun.read, PUT=edit or noun.writes)
    if noun.has_upsert:
        door(f"{api}-upsert", PUT=noun.add)
    for verb, row in noun.steps.items():
        door(f"{api}-{verb}", POST=row)
    if not noun.pages:
        return
    add = noun.add or noun.add_page
    door(f"{noun.pages}_list", GET=INTERNAL)
    door(noun.pages, GET=noun.read)
    for form in noun.forms:
        row = add if form == "add" else edit
        door(f"{noun.pages}_{form}", GET=row, POST=row)
    if noun.attach:
        door(f"{noun.pages}_attach", GET=noun.attach, POST=noun.attach)
    for verb, row in {**noun.steps, **noun.inner_steps}.items():
        door(f"{noun.pages}_step {verb}", GET=row, POST=row)
    door(f"{noun.pages}_step no_such_step", GET=NO_STEP, POST=NO_STEP)


for _noun in NOUNS:
    _noun_doors(_noun)


def expected(name: str, method: str) -> dict[str, str]:
    """Return the outcome that the table asks for, by person."""
    rows = DOORS[name]
    api = name.startswith("api:")
    row = rows.get(method) or (NO_READING if method in ("GET", "HEAD") else NO_METHOD)
    letters = row.replace(" ", "")
    assert len(letters) == len(COLUMNS) and not set(letters) - set(LETTERS), f"{name} {method}: {row}"
    found = dict(zip(COLUMNS, letters, strict=True))
    if not api:
        found["read"] = found["write"] = found["anonymous"]
    return found
