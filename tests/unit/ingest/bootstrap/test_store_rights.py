"""What each user may do in the object store, by the policies that the bootstrap gives it."""

from fnmatch import fnmatchcase

import pytest
from tests.some import some

from rookery_ingest.bootstrap.store_rights import USERS, Buckets, Policy, policies

BUCKETS = Buckets("mlflow", "data", "snapshots")
LIST, READ, WRITE, REMOVE = "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
NOTHING: set[str] = set()
READS, ALL = {LIST, READ}, {LIST, READ, WRITE, REMOVE}
TABLE = {
    "mlflow": (ALL, NOTHING, NOTHING, NOTHING),
    "ingest": (NOTHING, READS, NOTHING, READS),
    "trainer": (NOTHING, NOTHING, ALL, NOTHING),
    "retention": (ALL, NOTHING, {LIST, REMOVE}, NOTHING),
    "upload": (NOTHING, ALL, NOTHING, ALL),
    "test": ({LIST}, {LIST}, {LIST}, NOTHING),
}
"""By user, what it may do in the three buckets, and in one of somebody else's."""


def may(policy: Policy, action: str, bucket: str, key: str = "folder/object") -> bool:
    """Tells what S3 decides: a denial wins, and what nothing allows is denied."""
    resource = f"arn:aws:s3:::{bucket}" + ("" if action == LIST else f"/{key}")
    effects = {
        statement["Effect"]
        for statement in some(policy["Statement"])
        if any(fnmatchcase(action, each) for each in some(statement["Action"]))
        and any(fnmatchcase(resource, each) for each in some(statement["Resource"]))
    }
    return effects == {"Allow"}


def rights(policy: Policy, bucket: str) -> set[str]:
    """Returns all that it may do there."""
    return {action for action in sorted(ALL) if may(policy, action, bucket)}


@pytest.mark.parametrize("user", USERS)
def test_each_user_may_do_what_it_is_there_for_and_nothing_else(user: str) -> None:
    policy = policies(BUCKETS)[user]

    found = tuple(rights(policy, bucket) for bucket in (*BUCKETS, "theirs"))

    assert found == TABLE[user]


@pytest.mark.parametrize("user", USERS)
def test_a_bucket_whose_name_begins_like_another_is_another(user: str) -> None:
    policy = policies(BUCKETS)[user]

    expected = {"ingest": READS, "upload": ALL}.get(user, NOTHING)
    assert rights(policy, "mlflow-of-others") == rights(policy, "snapshots2") == expected


@pytest.mark.parametrize("bucket", BUCKETS)
def test_the_test_writes_objects_of_tests_alone(bucket: str) -> None:
    policy = policies(BUCKETS)["test"]

    assert [may(policy, each, bucket, "rookery-test/x") for each in (READ, WRITE, REMOVE)] == [
        True
    ] * 3
    assert not may(policy, WRITE, bucket, "rookery-test-of-others")


def test_what_removes_stored_rows_reads_their_manifests_alone() -> None:
    policy = policies(BUCKETS)["retention"]

    assert may(policy, READ, "snapshots", "wine/3f/manifest.json")
    assert not may(policy, READ, "snapshots", "wine/3f/part-1.parquet")
    assert not may(policy, READ, "mlflow-of-others", "wine/3f/manifest.json")


def test_what_is_uploaded_is_what_ingest_reads() -> None:
    both = policies(BUCKETS)

    for bucket in some([*BUCKETS, "theirs"]):
        assert may(both["upload"], WRITE, bucket) == may(both["ingest"], READ, bucket)


def test_ingest_reads_data_in_a_bucket_that_is_also_another_ones() -> None:
    policy = policies(Buckets("shared", "shared", "snapshots"))["ingest"]

    assert rights(policy, "shared") == READS
    assert rights(policy, "snapshots") == NOTHING


def test_where_rows_are_not_kept_the_trainer_has_no_right_and_nobody_elses_changes() -> None:
    without = policies(Buckets("mlflow", "data", ""))

    assert [rights(without["trainer"], each) for each in ("mlflow", "data", "theirs")] == [
        NOTHING
    ] * 3
    for user in some(set(USERS) - {"trainer"}):
        assert [rights(without[user], each) for each in BUCKETS[:2]] == [*TABLE[user][:2]]
    assert all(
        not resource.endswith(":::") and ":::/" not in resource
        for policy in some(without.values())
        for statement in some(policy["Statement"])
        for resource in some(statement["Resource"])
    )


def test_every_user_has_a_policy() -> None:
    assert set(policies(BUCKETS)) == set(USERS)
