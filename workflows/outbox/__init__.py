"""Messages to customers and staff: rendered from fixed texts, kept once by key, sent by mail where a server is set."""
