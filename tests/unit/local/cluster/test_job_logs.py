"""The logs of a Job: its events, the troubles of its pods, and why it failed."""

import pytest
from tests.unit.local.support.kubernetes_api import BATCH, CORE, ApiServer
from tests.unit.local.support.kubernetes_objects import job, pod

from rookery_core.errors import Refused, Unavailable
from rookery_local.cluster.job_logs import TAIL, JobLogs, follow
from rookery_local.cluster.namespace import Namespace, NoAnswer
from rookery_local.process.events import Event

NAME = "trainer-sex-x1"
REASON = '{"event": "failed", "reason": "no rows of class MALE", "exit": 42}\n'


@pytest.fixture
def logs(namespace: Namespace) -> JobLogs:
    """The logs of a Job that has its first pod."""
    return JobLogs(namespace, NAME)


def test_events_are_read_once_and_half_a_line_waits_for_its_end(
    server: ApiServer, logs: JobLogs
) -> None:
    pods = [pod("one", NAME)]
    server.logs["one"] = 'a warning\n{"event": "trial", "index": 1}\n{"event": "tri'

    first = list(logs.events(pods))
    server.logs["one"] += 'al", "index": 2}\n'

    assert [each["index"] for each in first] == [1]
    assert [each["index"] for each in logs.events(pods)] == [2]
    assert list(logs.events(pods)) == []


def test_the_logs_of_all_containers_of_a_pod_are_read(server: ApiServer, logs: JobLogs) -> None:
    several = pod("one", NAME)
    several["spec"]["containers"] = [{"name": "ingest"}, {"name": "trainer"}]
    server.logs["one/ingest"] = '{"event": "read", "specs": 2}\n'
    server.logs["one/trainer"] = '{"event": "read", "specs": 3}\n'

    first = list(logs.events([several]))
    server.logs["one/ingest"] += '{"event": "read", "specs": 4}\n'

    assert [each["specs"] for each in first] == [2, 3]
    assert [each["specs"] for each in logs.events([several])] == [4]


def test_a_pod_without_a_log_has_no_events(logs: JobLogs) -> None:
    assert list(logs.events([pod("one", NAME)])) == []


def test_the_error_is_the_reason_that_the_last_pod_gave(server: ApiServer, logs: JobLogs) -> None:
    pods = [pod("one", NAME, "Failed", 1), pod("three", NAME, "Failed", 42)]
    server.logs["three"] = REASON
    list(logs.events(pods))

    error = logs.error(pods, "PodFailurePolicy: 42")

    assert isinstance(error, Refused)
    assert str(error) == f"Job {NAME} failed: no rows of class MALE"


def test_without_a_reason_the_error_shows_the_end_of_the_log(
    server: ApiServer, logs: JobLogs
) -> None:
    server.logs["one"] = "".join(f"line {number}\n" for number in range(TAIL + 5))

    error = logs.error([pod("one", NAME, "Failed", 137)], "BackoffLimitExceeded")

    assert isinstance(error, Unavailable)
    said = str(error).splitlines()
    assert said[0] == f"Job {NAME} failed: BackoffLimitExceeded; exit 137"
    assert said[1] == "The end of the log of one:"
    assert said[2:] == [f"line {number}" for number in range(5, TAIL + 5)]


def test_the_log_is_shown_beside_a_reason_if_asked_for(server: ApiServer, logs: JobLogs) -> None:
    pods = [pod("one", NAME, "Failed", 42)]
    server.logs["one"] = f"before\n{REASON}"
    list(logs.events(pods))

    said = str(logs.error(pods, "PodFailurePolicy: 42", with_log=True))

    assert said.startswith(f"Job {NAME} failed: no rows of class MALE\n")
    assert "\nbefore\n" in said


def test_the_error_of_a_job_without_a_failed_pod_is_what_kubernetes_says(
    logs: JobLogs,
) -> None:
    error = logs.error([], "DeadlineExceeded: Job was active longer than the deadline")

    assert str(error).endswith("DeadlineExceeded: Job was active longer than the deadline")


def test_a_failed_pod_that_is_not_the_last_is_reported(logs: JobLogs) -> None:
    pods = [pod("one", NAME, "Failed", 1), pod("three", NAME)]

    assert logs.troubles(pods) == ["one failed, the Job goes on with another pod: exit 1"]


def test_a_job_is_followed_to_its_end(server: ApiServer, namespace: Namespace) -> None:
    server.put(f"{BATCH}/jobs", job(NAME, "Complete"))
    server.put(f"{CORE}/pods", pod("one", NAME, "Succeeded", 0))
    server.logs["one"] = '{"event": "trial", "index": 1}\n'
    told: list[Event] = []

    follow(namespace, NAME, told.append, pytest.fail)

    assert [each["event"] for each in told] == ["trial"]


def test_a_job_that_failed_ends_with_its_reason(server: ApiServer, namespace: Namespace) -> None:
    server.put(f"{BATCH}/jobs", job(NAME, "Failed", "PodFailurePolicy"))
    server.put(f"{CORE}/pods", pod("one", NAME, "Failed", 42))
    server.logs["one"] = REASON

    with pytest.raises(Refused, match="no rows of class MALE"):
        follow(namespace, NAME, lambda _event: None, pytest.fail)


def test_a_job_is_followed_through_a_restart_of_the_api_server(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{BATCH}/jobs", job(NAME))
    server.put(f"{CORE}/pods", pod("one", NAME))
    server.logs["one"] = '{"event": "trial", "index": 1}\n'
    told: list[str] = []

    def on_event(event: Event) -> None:
        # The next two answers fail; then the Job is complete.
        if event["index"] == 1:
            server.failures = 2
            server.put(f"{BATCH}/jobs", job(NAME, "Complete"))
            server.logs["one"] += '{"event": "trial", "index": 2}\n'

    follow(namespace, NAME, on_event, told.append)

    assert len(told) == 1
    assert "the API server answers 503" in told[0]
    assert told[0].endswith("the Job goes on")


def test_an_api_server_that_stays_away_ends_the_following(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{BATCH}/jobs", job(NAME))
    server.put(f"{CORE}/pods", pod("one", NAME))
    server.logs["one"] = '{"event": "trial", "index": 1}\n'

    def on_event(_event: Event) -> None:
        server.failures = 1000

    with pytest.raises(NoAnswer, match="the API server answers 503"):
        follow(namespace, NAME, on_event, lambda _said: None, outage=0.5)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("ErrImagePull", "the image can be pulled"),
        ("ImagePullBackOff", "the image can be pulled"),
        ("ErrImageNeverPull", "the image can be pulled"),
        ("InvalidImageName", "a valid name"),
        ("CreateContainerConfigError", "the Secret or ConfigMap"),
    ],
)
def test_a_pod_that_waits_for_a_person_says_for_what_and_how_to_stop_it(
    namespace: Namespace, logs: JobLogs, reason: str, remedy: str
) -> None:
    waits = pod("one", NAME, "Pending")
    waiting = {"waiting": {"reason": reason, "message": "rookery/trainer:nonsense"}}
    waits["status"]["containerStatuses"] = [{"name": "trainer", "state": waiting}]

    (said,) = logs.troubles([waits])

    assert said.startswith(f"one waits: {reason}: rookery/trainer:nonsense; it does not start")
    assert remedy in said
    assert f"kubectl delete job {NAME} --context {namespace.context}" in said


def test_a_pod_that_waits_for_room_is_not_to_be_stopped(logs: JobLogs) -> None:
    waits = pod("one", NAME, "Pending")
    full = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "cpu"}
    waits["status"]["conditions"] = [full]

    assert logs.troubles([waits]) == ["one waits: Unschedulable: cpu"]
