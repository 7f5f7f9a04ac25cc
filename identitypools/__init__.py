"""Identity pools: identities, the credentials they are given, and what those credentials may do.

Owns temporary credentials, roles and their policies, operators' access keys, and the one policy evaluator that judges
every signed call. Accepts tokens of user pools; knows nothing of passwords, challenges or pages.
"""
