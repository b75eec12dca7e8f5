"""yacs: configurations that a source makes itself."""
