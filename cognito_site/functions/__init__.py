"""Runs functions, wherever an ARN leads: a Lambda-compatible endpoint, a webhook, a folder with a handler in it.

``invocation.invoke(arn, event, key=...)`` is the door. ``registry`` knows where an ARN leads, ``endpoints``,
``webhooks`` and ``local`` go there, ``broker`` lets workers do it, ``gate`` and ``breaker`` see to it that a slow or
dead function costs its own callers and nobody else.

Knows no user pool, no trigger and no event: what is in an event, what an answer means and what a failure is called on
the wire is the business of who calls. Only operators of the installation say where an ARN leads; whoever sets a pool's
``LambdaConfig`` chooses among ARNs, never among addresses, commands or folders.
"""
