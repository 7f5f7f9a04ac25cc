"""The pages people sign in on, and the OAuth endpoints behind them.

A door: forms and redirects in, forms and redirects out. Every rule is ``userpools.domain``'s. No table, no operators'
page, no AWS shape.
"""
