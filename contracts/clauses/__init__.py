"""The clause library, passages likely to be about a topic, coverage of agreements, and the marks of a red line.

Plain values in, plain values out: nothing here knows a model, a database or a user. A suggestion is never a decision:
what is present, deviates or is missing is said by people.
"""
