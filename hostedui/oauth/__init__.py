"""The authorization server: what applications call, and what browsers bring from them.

oauthlib walks through the grants and says in which order things are refused; ``validator`` tells it about clients,
codes and tokens, and knows no rule of its own: they are ``userpools.domain``'s. ``grants`` puts the two together. The
views are thin: parameters in, an answer with the right headers out. No page is drawn here, and nothing is a cookie.
"""
