"""A Java client that is made from the served document; its libraries come by Maven."""

import shutil
from pathlib import Path

from tests.integration.api.support.client_programs import need_java, run
from tests.integration.api.support.flock import Flock


def test_openapi_generator_makes_a_java_client_that_works(flock: Flock, tmp_path: Path) -> None:
    need_java("javac", "jdk")
    need_java("mvn", "maven")
    generate = ("openapi-generator-cli", "generate", "-i", str(flock.document), "-g", "java")
    run(*generate, "-o", ".", folder=tmp_path)
    shutil.copy(
        Path(__file__).with_name("AskGenerated.java"),
        tmp_path / "src/main/java/org/openapitools/client",
    )

    run("mvn", "-q", "-B", "-DskipTests", "-Dmaven.javadoc.skip", "package", folder=tmp_path)
    classes = ("-cp", "target/classes:target/lib/*", "org.openapitools.client.AskGenerated")
    printed = run("java", *classes, *flock.asked, folder=tmp_path).splitlines()

    assert printed == ["Adelie"] * 4 + ["422"] + [str(flock.price)] * 4 + ["422"]
