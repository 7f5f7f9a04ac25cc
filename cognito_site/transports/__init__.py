"""How messages leave the house: mail servers, providers of mail and of text messages, webhooks.

One small class for each way, made of a target that the environment named (``targets``), chosen in one place
(``chosen``). A way makes one attempt; trying again is the outbox's. It knows addresses and texts, and nothing of users,
pools or codes. ``key`` is the same at every attempt to send one message, so that a receiver who looks at it takes no
message twice.
"""
