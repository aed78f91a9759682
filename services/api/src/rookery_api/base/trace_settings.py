"""Whether spans are sent, by OpenTelemetry's own variables (`OTEL_*`).

Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. What is
not here (headers, time limits, sampler, resource) the SDK reads itself.
"""

from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_core.errors import Refused

PROTOCOL = "http/protobuf"


class TraceSettings(BaseSettings):
    """Where spans go."""

    model_config = SettingsConfigDict(env_prefix="OTEL_", frozen=True, env_ignore_empty=True)

    sdk_disabled: str = "false"
    """`true`: no spans, whatever the others say."""
    traces_exporter: str = ""
    """`otlp`, or `none` for no spans; without it, they are sent where there is an endpoint."""
    exporter_otlp_endpoint: str = ""
    """The collector's address, to which `/v1/traces` is added."""
    exporter_otlp_traces_endpoint: str = ""
    """The whole address for spans, instead."""
    exporter_otlp_protocol: str = PROTOCOL
    """`http/protobuf`."""
    exporter_otlp_traces_protocol: str = ""
    """The protocol for spans, instead."""

    @property
    def sends(self) -> bool:
        """Whether spans are sent.

        Raises:
            Refused: for an exporter or a protocol that is not there.
        """
        exporter = self.traces_exporter.strip().lower()
        if self.sdk_disabled.strip().lower() == "true" or exporter == "none":
            return False
        if exporter not in ("", "otlp"):
            raise Refused(f"OTEL_TRACES_EXPORTER is {exporter!r}; set it to otlp or none")
        if not (exporter or self.exporter_otlp_endpoint or self.exporter_otlp_traces_endpoint):
            return False
        protocol = self.exporter_otlp_traces_protocol or self.exporter_otlp_protocol
        if protocol != PROTOCOL:
            told = "spans are sent as http/protobuf, by most collectors at port 4318"
            raise Refused(f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; {told}")
        return True
