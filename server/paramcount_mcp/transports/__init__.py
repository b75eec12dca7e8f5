"""How hosts connect: over standard input and output, or over HTTP."""
