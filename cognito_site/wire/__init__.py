"""HTTP for AWS's SDKs: parse, authenticate, validate against the shape, perform, render.

Owns headers, bodies, status codes, signatures and the registry that operations enter. Asks identity pools who signed
and whether a policy lets them. Knows no user pool and decides no rule of one.
"""
