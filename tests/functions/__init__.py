"""Functions, run for real: handlers in processes of their own, webhooks that verify, an endpoint that speaks Invoke."""
