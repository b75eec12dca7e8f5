"""How hosts connect, beside standard input and output, which the SDK serves."""
