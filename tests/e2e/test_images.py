"""Every image of ours runs with a pod's rights: no root, no writing; here no network."""

import subprocess

import pytest
from tools.checkout import ROOT
from tools.images.names import VALUES, chart_images, ours

NAMES = {
    image.key: image.name for image, _ in ours(chart_images((ROOT / VALUES).read_text()), ROOT)
}
CONFINED = (
    *("--user", "65532:65532", "--read-only", "--tmpfs", "/tmp", "--network", "none"),  # noqa: S108
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
)


def run(
    key: str, *arguments: str, options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Runs the image's program, whatever it ends with."""
    argv = ["docker", "run", "--rm", *CONFINED, *options, NAMES[key], *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize(
    ("key", "arguments", "said"),
    [
        ("ingest", ("--help",), "bring a model's source into the databases"),
        ("trainer", ("--help",), "make an earlier champion the champion again"),
        ("mlflow", ("--version",), "mlflow, version"),
        ("minio", ("--version",), "commit-id=7aac2a2c5b7c"),
    ],
)
def test_a_confined_program_starts(key: str, arguments: tuple[str, ...], said: str) -> None:
    done = run(key, *arguments)

    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


@pytest.mark.parametrize(
    ("key", "arguments", "variable", "fault"),
    [
        ("api", (), "ROOKERY_API_PORT=abc", "port: Input should be a valid integer"),
        ("ingest", ("run", "sex"), "ROOKERY_POSTGRES_PORT=abc", "password: Field required"),
        ("trainer", ("sweep", "sex"), "ROOKERY_POSTGRES_PORT=abc", "password: Field required"),
    ],
)
def test_settings_that_are_not_whole_are_told_in_one_line(
    key: str, arguments: tuple[str, ...], variable: str, fault: str
) -> None:
    done = run(key, *arguments, options=("--env", variable))

    assert done.returncode == 42
    (line,) = (done.stdout + done.stderr).splitlines()
    assert fault in line


def test_the_confined_launcher_takes_a_volume_and_becomes_the_command() -> None:
    itself = "/usr/bin/launcher"

    done = run("launcher", "run", "--volume", "/tmp", "--", itself, "prepare")  # noqa: S108

    taken, refused = done.stderr.splitlines()
    assert "the volume is taken" in taken
    assert "launcher prepare --volume DIR --into DIR" in refused
    assert done.returncode == 2


def test_the_notebook_serves_its_page_to_who_has_the_token() -> None:
    home = ("--tmpfs", "/home/rookery:uid=65532,gid=65532", "--env", "JUPYTER_TOKEN=t")
    ask = (
        "import httpx, subprocess, time\n"
        "server = subprocess.Popen(['start-notebook'])\n"
        "client = httpx.Client(base_url='http://127.0.0.1:8888/api')\n"
        "deadline = time.monotonic() + 60\n"
        "while True:\n"
        "    try: client.get(''); break\n"
        "    except httpx.TransportError: assert time.monotonic() < deadline; time.sleep(0.1)\n"
        "print(client.get('/contents').status_code)\n"
        "print([e['path'] for e in client.get('/contents?token=t').json()['content']])\n"
        "server.terminate(); server.wait()\n"
    )

    done = run("notebook", "-c", ask, options=(*home, "--entrypoint", "python"))

    assert done.stdout.splitlines() == ["403", "['penguins_experiments.ipynb']"], done.stderr
