"""The operations that belong to no pool: what AWS's clients ask of KMS.

An operation translates, as everywhere: one call into a module that knows nothing of the wire, one shape out.
"""
