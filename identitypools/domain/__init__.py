"""The rules of identity pools: who a caller is, and what policies let them do.

Takes objects and plain values, returns values, raises refusals. Sees no request and no page.
"""
