import re

import pytest
from tools.airgap.golang import version
from tools.airgap.programs import KUBERNETES, PROGRAMS, Program, stamp


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: each.name)
def test_every_module_is_pinned_by_its_sums(program: Program) -> None:
    required = re.findall(r"^\s+\S+ v\S+", (program.module / "go.mod").read_text(), re.MULTILINE)

    assert not required or (program.module / "go.sum").read_text().count(" h1:") >= len(required)


def test_the_kubernetes_modules_are_all_of_one_release() -> None:
    (program,) = (each for each in PROGRAMS if each.name == "kubernetes")
    text = (program.module / "go.mod").read_text()

    library = KUBERNETES.replace("v1.", "v0.", 1)
    replaced = re.findall(r"^\s*(?:replace )?(k8s\.io/\S+) => (\S+) (\S+)$", text, re.MULTILINE)
    assert f"k8s.io/kubernetes {KUBERNETES}" in text
    assert len(replaced) == 29
    assert all(old == new and at == library for old, new, at in replaced)


def test_kubeadm_is_told_which_release_it_is() -> None:
    flags = stamp("v1.34.4")

    assert "-X k8s.io/component-base/version.gitVersion=v1.34.4" in flags
    assert "-X k8s.io/client-go/pkg/version.gitMinor=34" in flags


def test_a_go_release_is_compared_by_its_numbers() -> None:
    assert version("go1.9.7") < version("go1.21.0") < version("go1.26.8")


def test_other_inputs_of_a_program_make_another_key() -> None:
    ordinary = Program("pause", "")

    assert ordinary.key() != Program("pause", "", flags="-X a=b").key()
    assert ordinary.key() == Program("pause", "said otherwise").key()
