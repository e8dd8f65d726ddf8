"""Redis by URL: TLS and users, sentinels and their failover, clusters, and what is refused."""

from __future__ import annotations

import ipaddress
import logging
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import pytest
from redis_servers import AT_ONCE, RedisServer, a_free_port, replicas_with_sentinel
from storage_media import a_caller, contents

from opusagent_voiceprint.errors import SettingsError, StorageError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import CallerStore, RedisStorage, redis_health

# Without a redis-server, these are skipped with a word, as all that need one.
pytestmark = pytest.mark.usefixtures("redis_url")

PASSWORD = "p@ss/w:rd,?#"


def use_in_every_way(store: CallerStore) -> None:
    written = store.put(a_caller(), expected_version=0)
    store.update("caller_a", lambda caller: caller.metadata.update(plan="new"))
    store.remember_refusal(DoNotAsk(subject="s"))
    assert store.refusal("s") == DoNotAsk(subject="s")
    assert store.secret("phone") == store.secret("phone")
    assert store.ids_by_phone("link-of-caller_a") == ["caller_a"]
    assert store.changes(0) == (["caller_a"], written.version + 1)
    assert [contents(one) for one in store.get_many(["caller_a", "nobody"])] == [
        contents(a_caller(metadata={"plan": "new"}))
    ]
    assert store.erase("caller_a")
    assert store.count() == 0


def certificates(directory: Path) -> None:
    """An authority and a server's certificate for 127.0.0.1."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(timezone.utc)
    authority = ec.generate_private_key(ec.SECP256R1())
    for subject, key, is_authority in (
        ("authority", authority, True),
        ("server", ec.generate_private_key(ec.SECP256R1()), False),
    ):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False
            )
        )
        if is_authority:
            usage = {"key_cert_sign": True, "crl_sign": True, "digital_signature": True}
        else:
            usage = {"key_cert_sign": False, "crl_sign": False, "digital_signature": True}
            address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        others = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        builder = builder.add_extension(x509.KeyUsage(**usage, **others), critical=True)
        signed = builder.sign(authority, hashes.SHA256())
        (directory / f"{subject}.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        (directory / f"{subject}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


def test_p19_tls_and_a_user_with_few_rights_are_enough(tmp_path: Path) -> None:
    certificates(tmp_path)
    port = a_free_port()
    rights = "~{opusagent-voiceprint}:* -@all +@read +@write +@scripting +@connection -keys"
    server = RedisServer(
        tmp_path, "--save", "", "--tls-port", str(port), "--tls-cert-file", str(tmp_path / "server.crt"),
        "--tls-key-file", str(tmp_path / "server.key"), "--tls-ca-cert-file", str(tmp_path / "authority.crt"),
        "--tls-auth-clients", "no",
    )  # fmt: skip
    with server:
        with server.client() as admin:
            admin.execute_command("ACL", "SETUSER", "voices", "on", f">{PASSWORD}", *rights.split())
        place = f"127.0.0.1:{port}/1?ssl_ca_certs={quote(str(tmp_path / 'authority.crt'))}"
        url = f"rediss://voices:{quote(PASSWORD, safe='')}@{place}"
        with RedisStorage.from_url(url, timeout=4.0) as store:
            use_in_every_way(store)
            (warning,) = store.warnings()
            assert "grant +info and +config|get" in warning
        with server.client(db=1) as admin:
            assert admin.dbsize() > 0
        # Whoever does not show a certificate of the authority that was named is not talked to.
        with pytest.raises(StorageError, match="ConnectionError"):
            RedisStorage.from_url(url.partition("?")[0], timeout=1.0)
        wrong = f"rediss://voices:wrong-{quote(PASSWORD, safe='')}@{place}"
        started = time.monotonic()
        with pytest.raises(StorageError, match="AuthenticationError") as caught:
            RedisStorage.from_url(wrong, timeout=20.0)
        assert PASSWORD not in str(caught.value)
        # A wrong password stays wrong: it is not tried for all of the time.
        assert time.monotonic() - started < 5


def test_a_unix_socket_will_do(tmp_path: Path) -> None:
    place = tmp_path / "redis.sock"
    with RedisServer(tmp_path, "--save", "", "--unixsocket", str(place)):
        with RedisStorage.from_url(f"unix://{place}?db=2", timeout=4.0) as store:
            use_in_every_way(store)


def test_a_failover_costs_no_restart(tmp_path: Path) -> None:
    with replicas_with_sentinel(tmp_path) as (master, replica, sentinel):
        # The first sentinel is not there: the next is asked.
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{sentinel.port}/voices/3"
        with RedisStorage.from_url(url, timeout=1.0) as store:
            before = store.put(a_caller(), expected_version=0)
            _, revision = store.changes(0)
            with master.client(db=3) as client:
                assert client.wait(1, 5000) == 1
            master.kill()
            deadline = time.monotonic() + 20
            while True:
                try:
                    after = store.put(a_caller("caller_b"), expected_version=0)
                    break
                except StorageError:
                    assert time.monotonic() < deadline, "no write succeeds after the failover"
            assert after.version > before.version
            # Nothing was lost, so whoever follows goes on where they were.
            assert store.changes(revision) == (["caller_b"], after.version)
            with replica.client(db=3) as client:
                assert client.hlen("{opusagent-voiceprint}:callers") == 2


def test_a_failover_that_loses_changes_has_followers_start_over(tmp_path: Path) -> None:
    with replicas_with_sentinel(tmp_path) as (master, replica, sentinel):
        url = f"redis+sentinel://127.0.0.1:{sentinel.port}/voices"
        with RedisStorage.from_url(url, timeout=1.0) as store:
            store.put(a_caller(), expected_version=0)
            with master.client() as client:
                assert client.wait(1, 5000) == 1
            with replica.client() as client:
                # What is written from now on does not get to the replica.
                client.execute_command("REPLICAOF", "127.0.0.1", "1")
            store.put(a_caller("lost"), expected_version=0)
            _, revision = store.changes(0)
            master.kill()
            deadline = time.monotonic() + 20
            while True:
                try:
                    store.put(a_caller("new"), expected_version=0)
                    break
                except StorageError:
                    assert time.monotonic() < deadline, "no write succeeds after the failover"
            # By its number alone, the revision would seem to be the one that was seen.
            assert store.changes(revision)[1] < revision
            assert store.changes(0) == (["caller_a", "new"], revision)
            assert store.changes(revision) == ([], revision)
        with RedisStorage.from_url(replica.url, timeout=4.0) as store:
            assert store.get("lost") is None


def test_a_cluster_will_do(tmp_path: Path) -> None:
    server = RedisServer(tmp_path, "--save", "", "--cluster-enabled", "yes")
    with server:
        with server.client() as admin:
            admin.execute_command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
            deadline = time.monotonic() + 15
            while b"cluster_state:ok" not in admin.execute_command("CLUSTER", "INFO"):
                assert time.monotonic() < deadline, "the cluster does not come up"
                time.sleep(0.05)
        url = f"redis+cluster://127.0.0.1:1,127.0.0.1:{server.port}"
        with RedisStorage.from_url(url, timeout=4.0) as store:
            use_in_every_way(store)
            (warning,) = store.warnings()
            assert "loses every caller" in warning
            store.redis.script_flush()
            store.put(a_caller("caller_b"), expected_version=0)
            assert store._damaged() == []
        server.kill()
        with pytest.raises(StorageError, match="the Redis cluster cannot be used"):
            RedisStorage.from_url(url, timeout=1.0)


@pytest.mark.parametrize(
    "url",
    [
        "http://:hunter2@somewhere",
        "redis://:hunter2@somewhere:port/0",
        "redis://:hunter2@somewhere/callers",
        "redis://:hunter2@somewhere/0?no_such_option=1",
        "redis://:hunter2@somewhere/0?socket_timeout=soon",
        "redis+sentinel://:hunter2@somewhere",
        "redis+sentinel://:hunter2@somewhere,:26379/service",
        "redis+sentinel://:hunter2@somewhere/service/callers",
        "redis+sentinel://:hunter2@somewhere/service?no_such_option=1",
        "redis+cluster://:hunter2@somewhere/1",
        "redis+cluster://:hunter2@somewhere?no_such_option=1",
        "redis+cluster://:hunter2@",
        "rediss+bus://:hunter2@somewhere",
        "redis://[hunter2",
    ],
)
def test_p15_a_url_that_is_none_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(SettingsError, match=r"VOICE_REDIS_URL=\(hidden\) is not allowed") as caught:
        RedisStorage.from_url(url, timeout=0.5)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--appendonly", "yes", "--appendfsync", "always"], []),
        (["--appendonly", "yes", "--maxmemory-policy", "volatile-lru"], []),
        (["--appendonly", "yes", "--maxmemory-policy", "allkeys-lru"], ["set it to noeviction"]),
        (["--appendonly", "yes", "--appendfsync", "no"], ["set it to everysec"]),
        (["--appendonly", "no", "--save", ""], ["loses every caller"]),
        (["--appendonly", "no", "--save", "3600 1"], ["since its last snapshot"]),
        (
            ["--appendonly", "no", "--save", "", "--maxmemory-policy", "allkeys-random"],
            ["set it to noeviction", "loses every caller"],
        ),
    ],
)
def test_settings_that_lose_callers_are_said_at_the_start(
    tmp_path: Path, options: list[str], words: list[str]
) -> None:
    with RedisServer(tmp_path, *options) as server:
        with RedisStorage.from_url(server.url, timeout=4.0) as store:
            found = store.warnings()
            assert len(found) == len(words)
            assert all(word in warning for word, warning in zip(words, found, strict=True))
        if not words:
            return
        # Who may not ask for CONFIG is told as much by INFO.
        with server.client() as admin:
            admin.execute_command("ACL", "SETUSER", "voices", "on", "nopass", "~*", "+@all", "-config")
        limited = server.url.replace("redis://", "redis://voices:any@")
        with RedisStorage.from_url(limited, timeout=4.0) as store:
            if "everysec" not in words[0]:  # of appendfsync INFO says nothing
                assert len(store.warnings()) == len(words)


def test_a_replica_is_said_to_be_one(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "one", "--appendonly", "yes", *AT_ONCE) as master:
        with RedisStorage.from_url(master.url, timeout=4.0) as store:
            store.put(a_caller(), expected_version=0)
        options = ["--appendonly", "yes", "--replicaof", "127.0.0.1", str(master.port)]
        with RedisServer(tmp_path / "two", *options) as replica:
            with master.client() as client:
                client.wait(1, 4000)
            deadline = time.monotonic() + 10
            with replica.client() as client:
                while not client.exists("{opusagent-voiceprint}:meta"):
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            with RedisStorage.from_url(replica.url, timeout=1.0) as store:
                (warning,) = store.warnings()
                assert "replica" in warning
                with pytest.raises(StorageError, match="ReadOnlyError") as caught:
                    store.put(a_caller("caller_b"), expected_version=0)
                assert "not known" not in str(caught.value)


def test_what_gets_worse_while_the_store_is_used_is_logged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with RedisServer(tmp_path, "--save", "", "--appendonly", "no") as server:
        with RedisStorage.from_url(server.url, timeout=4.0) as store, server.client() as admin:
            with caplog.at_level(logging.WARNING):
                store.changes(0)
                admin.config_set("maxmemory-policy", "allkeys-lfu")
                store.changes(0)
                assert caplog.messages == []
                monkeypatch.setattr(redis_health.time, "monotonic", lambda: 10.0**9)
                store.changes(0)
                monkeypatch.setattr(redis_health.time, "monotonic", lambda: 10.0**9 + 1000)
                store.changes(0)
            assert len(caplog.messages) == 1
            assert "allkeys-lfu" in caplog.messages[0]
            assert len(store.warnings()) == 2
