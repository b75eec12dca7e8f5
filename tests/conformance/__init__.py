"""The official conformance suite against this application, with the tools, resources and prompts that it names."""
