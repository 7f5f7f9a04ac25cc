"""A Ceph object gateway on this machine: one monitor, one store in memory, and the gateway with its STS. Somebody
else's idea of what a web identity is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.backends.servers import free_port

PROGRAMS = ("radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd", "ceph-authtool", "monmaptool")
KEYS = ("adminkey", "adminsecret")
PATIENCE_SECONDS = 60

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = {monitors}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {place}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
osd objectstore = memstore
memstore device bytes = 536870912
pid file = {place}/$name.pid
admin socket = {place}/$name.asok
log file = {place}/$name.log
mon data = {place}/mon
osd data = {place}/osd
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw data = {place}/rgw
rgw sts key = abcdefghijklmnop
rgw s3 auth use sts = true
rgw run sync thread = false
"""
CAPABILITIES = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
    "client.rgw.a": {"mon": "allow rw", "osd": "allow rwx"},
}


def is_here() -> bool:
    return all(map(shutil.which, PROGRAMS))


@dataclass(frozen=True)
class Ceph:
    place: Path
    url: str

    def run(self, *command: str) -> None:
        environment = {**os.environ, "CEPH_ARGS": f"-c {self.place}/ceph.conf"}
        subprocess.run(command, cwd=self.place, env=environment, check=True, capture_output=True)


@contextmanager
def running(place: Path) -> Iterator[Ceph]:
    port = free_port()
    ceph = Ceph(place, f"http://127.0.0.1:{port}")
    try:
        _start(ceph, port)
        _wait(ceph.url)
        ceph.run("radosgw-admin", "user", "create", "--uid=admin", "--display-name=admin", *_keys())
        ceph.run("radosgw-admin", "caps", "add", "--uid=admin", "--caps=oidc-provider=*;roles=*")
        yield ceph
    finally:
        for file in place.glob("*.pid"):
            with suppress(ProcessLookupError, ValueError):
                os.kill(int(file.read_text()), signal.SIGKILL)


def _keys() -> list[str]:
    return [f"--access-key={KEYS[0]}", f"--secret-key={KEYS[1]}"]


def _start(ceph: Ceph, port: int) -> None:
    place, fsid, store = ceph.place, str(uuid4()), str(uuid4())
    monitors = f"[v2:127.0.0.1:{free_port()},v1:127.0.0.1:{free_port()}]"
    for name in ("mon", "osd", "rgw"):
        (place / name).mkdir()
    written = CONFIGURATION.format(fsid=fsid, monitors=monitors, place=place, port=port)
    (place / "ceph.conf").write_text(written)
    (place / "keyring").touch()
    for name, capabilities in CAPABILITIES.items():
        caps = [word for service, rights in capabilities.items() for word in ("--cap", service, rights)]
        ceph.run("ceph-authtool", "keyring", "--gen-key", "-n", name, *caps)
    ceph.run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", monitors, "monmap")
    ceph.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
    ceph.run("ceph-mon", "-i", "a")
    ceph.run("ceph", "osd", "new", store)
    ceph.run("ceph", "auth", "import", "-i", "keyring")
    ceph.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", store)
    ceph.run("ceph-osd", "-i", "0")
    ceph.run("radosgw", "-n", "client.rgw.a")


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError("The gateway does not answer.")
