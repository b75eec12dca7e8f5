"""OpenTelemetry spans: the SDK makes one for every message, this sends them."""

from importlib.util import find_spec

MISSING = "--otlp-endpoint needs what `pip install 'paramcount[otlp]'` installs"


def available() -> bool:
    """Whether spans can be sent."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def send_to(endpoint: str) -> None:
    """Send the spans of this process to a collector, over HTTP."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "paramcount"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
