"""Every test runs with telemetry off, before any library that has some is imported."""

import os
import signal

os.environ.update(
    ORT_DISABLE_TELEMETRY="1",
    MLFLOW_DISABLE_TELEMETRY="true",
    DO_NOT_TRACK="true",
    AWS_EC2_METADATA_DISABLED="true",
    # Threads of several tests that wait for each other would take most of the time.
    OMP_NUM_THREADS="1",
)

# Whatever a shell starts in the background ignores Ctrl-C, and so would the programs under test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
