"""What a strategy brings about: rules as data, pure functions from a snapshot to proposals for later stages.

`propose(snapshot)` gives the proposals, `conflicts(snapshot)` the answers that fight, `what_follows(question,
choice)` the sentences beside a choice while it is being made. Nothing here knows of a database or of a page.
"""

from strategy.rules.conflicts import conflicts
from strategy.rules.engine import RULE_SET_VERSION, RULES, as_table, propose, rule, what_follows
from strategy.rules.shapes import FIELDS, GROUPS, TOPICS, Because, Conflict, Field, Kind, Proposal, Rule

__all__ = [
    "FIELDS",
    "GROUPS",
    "RULES",
    "RULE_SET_VERSION",
    "TOPICS",
    "Because",
    "Conflict",
    "Field",
    "Kind",
    "Proposal",
    "Rule",
    "as_table",
    "conflicts",
    "propose",
    "rule",
    "what_follows",
]
