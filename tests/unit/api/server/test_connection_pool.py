"""Who makes room, and how much may wait."""

from rookery_api.server.connection_pool import SILENT_SECONDS, TRIES, ConnectionPool


class Caller:
    """A connection; one that something has reached does not end."""

    def __init__(self, ended: list["Caller"], reached: bool = False) -> None:
        self._ended = ended
        self._reached = reached

    def vacate(self) -> bool:
        """Whether it has ended."""
        if not self._reached:
            self._ended.append(self)
        return not self._reached

    def expire(self) -> None:
        """It has ended."""
        self._ended.append(self)


def test_who_has_said_nothing_for_long_goes_first_and_new_ones_never() -> None:
    ended: list[Caller] = []
    pool = ConnectionPool(65, 1000)
    first, second = Caller(ended), Caller(ended)

    pool.arrive(first, now=10)
    pool.arrive(second, now=10 + SILENT_SECONDS)

    assert pool.make_room(now=10.5 + SILENT_SECONDS)
    assert not pool.make_room(now=10.5 + SILENT_SECONDS)
    assert ended == [first]


def test_who_wakes_is_left_alone() -> None:
    ended: list[Caller] = []
    pool = ConnectionPool(65, 1000)
    caller = Caller(ended)
    pool.arrive(caller, now=0)

    pool.wake(caller)

    assert not pool.make_room(now=100)
    assert ended == []


def test_only_some_are_asked() -> None:
    ended: list[Caller] = []
    pool = ConnectionPool(65, 1000)
    for _ in range(TRIES):
        pool.arrive(Caller(ended, reached=True), now=0)
    last = Caller(ended)
    pool.arrive(last, now=0)

    assert not pool.make_room(now=100)
    assert pool.make_room(now=100)
    assert ended == [last]


def test_bytes_that_wait_are_bounded_over_all_connections() -> None:
    pool = ConnectionPool(65, 1000)
    first, second = Caller([]), Caller([])

    assert pool.may_wait(first, 600)
    assert not pool.may_wait(second, 600)
    assert pool.may_wait(first, 900)
    pool.release(first)
    assert pool.may_wait(second, 1000)
