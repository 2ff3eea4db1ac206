"""Models: the SDK, retries and stand-ins, against a loopback server that speaks the Messages API."""
