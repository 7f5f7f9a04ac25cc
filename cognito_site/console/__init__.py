"""The operators' console: Django's admin behind a second factor, at ``/admin/``.

Owns who may enter (``sign_in``, ``second_factors``, ``guesses``, ``freshness``), where somebody is (``places``: a user
pool, an identity pool, or outside of both), what pages have in common (``objects``, ``tabs``, ``deeds``, ``forms``) and
what is remembered of each change (``changes``). Apps register what they have: places, entries of the navigation,
finders, and an ``ObjectAdmin`` for each noun. Knows no user pool and no identity pool, and decides no rule of theirs:
every deed calls the domain of its app.
"""
