"""What the stand-ins share: the trace in the making, values of small tensors, and the harness that runs user source.

Everything in this folder and beside it runs in the sandbox only. It is data to the host, which never imports it.
"""
