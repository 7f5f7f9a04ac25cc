"""Messages, from the words to the other side: real SMTP servers, webhooks and providers' APIs, on this machine."""
