"""The real-time server."""
