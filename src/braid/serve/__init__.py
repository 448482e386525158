"""The server: engine, application, dialects of other servers' clients, and a web page."""
