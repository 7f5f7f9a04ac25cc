"""The questions that a sign-in can ask, one small class each.

A challenge says when it ``applies``, what it shows (``ask``), and what an answer proves (``accept``). It knows nothing
of the other challenges, never decides what follows and never issues a token: ``userpools.domain.sign_in.next_step``
does. Doors render what it asks; they add no rule.
"""
