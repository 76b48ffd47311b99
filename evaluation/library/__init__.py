"""What an RFP asks: questions and their answers, templates with real content by service, the library of all questions.

Plain values in, plain values out: nothing here knows a model, a database or a user.
"""
