"""Delivery lines: staged, matched, judged and written in a few statements, whatever their number.

`Deliveries` is used in this order: `read` (outside a transaction, so that progress shows and work can be stopped),
`judge` (says what every row comes to, writes nothing), `write` (inside the transaction of the commit's own verb).
"""

from operations.importing.deliveries.steps import Deliveries
from operations.importing.deliveries.writing import Raced

__all__ = ["Deliveries", "Raced"]
