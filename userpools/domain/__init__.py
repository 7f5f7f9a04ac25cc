"""The rules of user pools.

Functions here take objects and plain values, return values, and raise refusals of ``cognito_site.contract.errors``.
They never see a request, a response, a cookie or a template, and never spell a member of AWS's API. Every query starts
at a door of ``access`` or at an object that came from there. A write is one transaction; mail, text messages and
triggers leave through ``messages`` and ``triggers``.
"""
