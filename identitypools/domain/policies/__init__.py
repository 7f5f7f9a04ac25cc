"""IAM's policy language: documents read strictly, statements matched, and one decision.

Knows texts and values only: no table, no caller, no pool. Whatever cannot be understood or decided refuses. A document
that does not parse denies everything, an undecidable condition allows nothing and denies all the same.
"""
