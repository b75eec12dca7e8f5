"""Report → text."""
