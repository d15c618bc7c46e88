"""Any typed function, step by step."""
