"""The keys file is read again while the process runs (A3): when, what of it, and what a wrong one changes."""

import logging
import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from rooms.access.tokens import Keyring, TokenKind, issue, read
from rooms.errors import LinkRefused
from signalling import config, keyfile
from signalling.jobs.key_reload import KEY_KNOWN_FIRST, KeyReload
from signalling.metrics import Metrics
from tests.deploy.test_settings import LEAST
from tests.support.secret import secret

ONE, TWO, THREE = secret("one"), secret("two"), secret("three")
ADMIN = secret("admin")
AFFINITY, NUMBER = "h4rb0ur-", "AAECAwQFBgc"


@dataclass
class Keeper:
    """A process's ring and its job; `now` in seconds."""

    path: Path
    now: float = 1000.0
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.write(f"1:{ONE}\n")
        self.ring = Keyring(keyfile.signing_keys(keyfile.read(self.path, "the file")))
        settings = config.load({**LEAST, "CONSULTROOM_ADMIN_KEY": ADMIN})
        self.job = KeyReload(
            self.path, self.ring, self.metrics, lambda: self.now, partial(config.check_secrets, settings)
        )

    def write(self, text: str) -> None:
        """As an editor that keeps the file and writes into it."""
        if not self.path.exists():
            self.path.touch(0o600)
        self.path.write_text(text)

    async def look(self, times: int = 2) -> None:
        """Two looks see a change; the second reads it."""
        for _ in range(times):
            await self.job.run()

    async def told(self, text: str) -> None:
        self.write(text)
        await self.look()

    @property
    def states(self) -> dict[int, str]:
        return {key.id: key.state for key in self.ring.keys}

    @property
    def shown(self) -> dict[tuple[str, str], float]:
        """The gauge of keys: key and state."""
        [family] = self.metrics.keys.collect()
        return {(each.labels["key"], each.labels["state"]): each.value for each in family.samples}

    @property
    def stale(self) -> float:
        [family] = self.metrics.keys_stale.collect()
        return family.samples[0].value

    def link(self) -> str:
        return issue(self.ring, TokenKind.PERSON, AFFINITY, NUMBER, 1)


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "keys")


async def test_a_change_is_used_by_everybody_who_has_the_ring(keeper: Keeper) -> None:
    old = keeper.link()
    await keeper.told(f"2:{TWO}:signing\n1:{ONE}:accepted\n")
    keeper.now += KEY_KNOWN_FIRST
    await keeper.look(1)
    assert keeper.states == {2: "signing", 1: "accepted"}
    assert keeper.shown == {("2", "signing"): 1, ("1", "accepted"): 1}
    assert keeper.link() != old
    assert (read(keeper.ring, old).key, read(keeper.ring, keeper.link()).key) == (1, 2)


async def test_a_new_key_is_known_before_it_signs(keeper: Keeper) -> None:
    """Another process reads the file a moment later, and must not meet a link by a key it does not know."""
    await keeper.told(f"2:{TWO}:signing\n1:{ONE}:accepted\n")
    assert keeper.states == {2: "accepted", 1: "signing"}
    keeper.now += KEY_KNOWN_FIRST - 0.1
    await keeper.look()
    assert keeper.ring.signing.id == 1
    keeper.now += 0.2
    await keeper.look(1)
    assert keeper.ring.signing.id == 2


async def test_the_wait_goes_on_when_the_file_changes_meanwhile(keeper: Keeper) -> None:
    await keeper.told(f"2:{TWO}:signing\n1:{ONE}:accepted\n")
    keeper.now += 1
    await keeper.told(f"3:{THREE}:signing\n2:{TWO}:accepted\n1:{ONE}:accepted\n")
    assert keeper.ring.signing.id == 1
    keeper.now += KEY_KNOWN_FIRST
    await keeper.look(1)
    assert keeper.ring.signing.id == 3


async def test_a_key_that_is_known_long_enough_signs_at_once(keeper: Keeper) -> None:
    """The second of the two steps for machines with a file each."""
    await keeper.told(f"2:{TWO}:accepted\n1:{ONE}:signing\n")
    keeper.now += 3600
    await keeper.told(f"2:{TWO}:signing\n1:{ONE}:accepted\n")
    assert keeper.ring.signing.id == 2


async def test_an_id_that_comes_again_with_another_secret_is_a_new_key(keeper: Keeper) -> None:
    await keeper.told(f"1:{ONE}:signing\n2:{TWO}:accepted\n")
    keeper.now += 3600
    await keeper.told(f"1:{ONE}:accepted\n2:{THREE}:signing\n")
    assert keeper.ring.signing.id == 1


@pytest.mark.parametrize("rest", [f"1:{ONE}:retired", f"1:{ONE}:revoked", f"1:{THREE}:accepted", "# gone"])
async def test_where_the_old_key_may_not_sign_the_new_one_does_at_once(keeper: Keeper, rest: str) -> None:
    """A key that leaked signs nothing any more."""
    await keeper.told(f"2:{TWO}:signing\n{rest}\n")
    assert keeper.ring.signing.id == 2


async def test_retiring_and_revoking_take_effect(keeper: Keeper) -> None:
    link = keeper.link()
    for state, can_resend in (("retired", True), ("revoked", False)):
        await keeper.told(f"2:{TWO}\n1:{ONE}:{state}\n")
        with pytest.raises(LinkRefused) as refused:
            read(keeper.ring, link)
        assert (refused.value.code, refused.value.facts) == ("token_revoked", {"can_resend": can_resend})
        assert refused.value.signed_by == 1


WRONG = {
    "nothing": "",
    "only notes": "# nothing here\n\n",
    "no key at all": "hello\n",
    "two that sign": f"1:{ONE}:signing\n2:{TWO}:signing\n",
    "none that signs": f"1:{ONE}:accepted\n",
    "one id twice": f"1:{ONE}\n1:{TWO}\n",
    "a state nobody knows": f"1:{ONE}:retierd\n",
    "a weak one": f"1:{ONE}\n2:{'ab' * 20}\n",
    "a cut one": f"2:{TWO}\n1:{ONE[:20]}",
    "too long": f"1:{ONE}\n" + "#" * keyfile.LARGEST_KEY_FILE,
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
async def test_a_wrong_file_changes_nothing_and_is_said_once(
    keeper: Keeper, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = keeper.ring.keys
    await keeper.told(text)
    await keeper.look(3)
    assert keeper.ring.keys == before
    assert keeper.stale == 1
    [line] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.levelno == logging.ERROR
    assert line.getMessage().startswith("CONSULTROOM_KEYS_FILE")
    assert line.getMessage().endswith("The keys of before stay in use.")
    assert "\n" not in line.getMessage()
    for known in (ONE, TWO, "ab" * 20, ONE[:20]):
        assert known not in caplog.text
    await keeper.told(f"1:{ONE}:accepted\n3:{THREE}:signing\n")
    keeper.now += KEY_KNOWN_FIRST
    await keeper.look(1)
    assert (keeper.stale, keeper.ring.signing.id) == (0, 3)


async def test_not_text(keeper: Keeper) -> None:
    keeper.path.write_bytes(b"\xff\xfe\0")
    await keeper.look()
    assert (keeper.stale, keeper.states) == (1, {1: "signing"})


async def test_a_file_that_goes_away_and_comes_back(keeper: Keeper, caplog: pytest.LogCaptureFixture) -> None:
    away = keeper.path.rename(keeper.path.with_name("away"))
    await keeper.look(4)
    assert (keeper.stale, keeper.states) == (1, {1: "signing"})
    assert caplog.text.count("cannot be read: No such file") == 1
    away.rename(keeper.path)
    await keeper.look()
    assert keeper.stale == 0


async def test_a_folder_or_a_pipe_in_its_place(keeper: Keeper) -> None:
    keeper.path.unlink()
    keeper.path.mkdir()
    await keeper.look()
    assert keeper.stale == 1
    keeper.path.rmdir()
    os.mkfifo(keeper.path)  # nobody writes into it, and nobody waits for that
    await keeper.look()
    assert (keeper.stale, keeper.states) == (1, {1: "signing"})


async def test_half_a_file_is_not_read_while_it_is_being_written(keeper: Keeper) -> None:
    """Cut at the end of a line, it would be a good file without the old key."""
    whole = f"2:{TWO}:signing\n1:{ONE}:accepted\n"
    keeper.write(whole[: whole.index("\n") + 1])
    await keeper.look(1)
    keeper.write(whole)
    await keeper.look(1)
    assert keeper.states == {1: "signing"}
    await keeper.look(1)
    assert keeper.states == {2: "accepted", 1: "signing"}


async def test_a_wrong_file_is_not_read_half_mended(keeper: Keeper) -> None:
    await keeper.told("hello")
    keeper.write(f"2:{TWO}\n")
    await keeper.look(1)
    keeper.write(f"2:{TWO}\n1:{ONE}\n")
    await keeper.look()
    assert keeper.states == {2: "accepted", 1: "signing"}


async def test_a_change_of_equal_size_and_time_is_seen(keeper: Keeper) -> None:
    """As a copy that keeps the time of writing makes it."""
    await keeper.look()
    before = keeper.path.stat()
    keeper.write(f"1:{TWO}\n")
    os.utime(keeper.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    await keeper.look()
    assert keeper.ring.signing.secret == TWO.encode()


async def test_nothing_is_read_where_nothing_changed(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    await keeper.look()

    def never(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(keyfile, "read", never)
    await keeper.look(5)


async def test_a_file_everybody_can_read_is_warned_of(
    keeper: Keeper, caplog: pytest.LogCaptureFixture
) -> None:
    await keeper.look()
    assert not caplog.records
    keeper.path.chmod(0o644)
    await keeper.look(4)
    [line] = caplog.records
    assert line.levelno == logging.WARNING
    assert "chmod o-rwx" in line.getMessage()
    keeper.path.chmod(0o640)  # its group, which the server may be in, is not everybody
    await keeper.look()
    assert len(caplog.records) == 1


async def test_what_is_used_is_logged_by_id_and_state(
    keeper: Keeper, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await keeper.told(f"2:{TWO}:accepted\n1:{ONE}:signing\n")
    assert [record.getMessage() for record in caplog.records] == ["signing keys: 2 accepted, 1 signing"]
    assert TWO not in caplog.text


async def test_a_secret_that_is_another_settings_already_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper(tmp_path / "keys")
    await keeper.told(f"2:{ADMIN}\n1:{ONE}\n")
    assert keeper.states == {1: "signing"}
    assert keeper.stale == 1
    assert "are the same secret" in caplog.text
    assert ADMIN not in caplog.text
    await keeper.told(f"2:{TWO}\n1:{ONE}\n")
    assert keeper.stale == 0
