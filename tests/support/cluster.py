"""A real OpenSearch cluster on loopback, from the plain distribution that Maven Central has.

    python tests/support/cluster.py fetch          fetch and unpack the server into the cache
    python tests/support/cluster.py start [NODES]  start nodes, print where; ^C stops

The cache is `$XDG_CACHE_HOME/chaquan-tests` or `~/.cache/chaquan-tests`. The server refuses to run
as root; root runs it as `nobody`, from a cache in `/var/cache` that `nobody` can enter.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

VERSION = "2.19.4"
GROUP = "org.opensearch.distribution.integ-test-zip"
HEAP = "320m"
PATIENCE = 120  # seconds that a node may take on a busy machine


class NotObtainable(Exception):
    """Why there can be no server here; tests are skipped with this."""


class NotStarted(Exception):
    """A server that was there and did not start; tests fail with this."""


def fetch_server() -> Path:
    """Return the folder of the server, fetched with Maven if it is not in the cache."""
    if shutil.which("java") is None:
        raise NotObtainable("no java on this machine; OpenSearch 2.19 needs Java 11 to 21")
    folder = cache_folder() / f"opensearch-{VERSION}"
    if not folder.exists():
        archive = cache_folder() / f"opensearch-{VERSION}.zip"
        if not archive.exists():
            _fetch_archive(archive)
        _unpack(archive, folder)
    return folder


def cache_folder() -> Path:
    """Return the folder that keeps what was fetched."""
    named = os.environ.get("XDG_CACHE_HOME")
    base = Path(named) if named else Path.home() / ".cache"
    if os.geteuid() == 0 and not named:
        base = Path("/var/cache")
    folder = base / "chaquan-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _fetch_archive(archive: Path) -> None:
    if shutil.which("mvn") is None:
        raise NotObtainable(f"no mvn to fetch {GROUP}:opensearch:{VERSION}")
    artifact = f"-Dartifact={GROUP}:opensearch:{VERSION}:zip"
    for step in (
        ["dependency:get", artifact, "-Dtransitive=false"],
        ["dependency:copy", artifact, f"-DoutputDirectory={archive.parent}"],
    ):
        done = subprocess.run(["mvn", "-q", "-B", *step], capture_output=True, text=True)
        if done.returncode:
            raise NotObtainable(
                f"mvn {step[0]} failed: {(done.stdout + done.stderr).strip()[:300]}"
            )


def _unpack(archive: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as unpacked:
        with zipfile.ZipFile(archive) as held:
            held.extractall(unpacked)
        Path(unpacked, folder.name).chmod(0o755)
        Path(unpacked, folder.name).rename(folder)


class Node:
    """One server process."""

    def __init__(
        self, server: Path, folder: Path, name: str, ports: tuple[int, int], *, hasty: bool
    ) -> None:
        self._hasty = hasty
        self.name = name
        self.url = f"http://127.0.0.1:{ports[0]}"
        self.transport = f"127.0.0.1:{ports[1]}"
        self.folder = folder / name
        self._server = server
        self._ports = ports
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, seeds: list[str], first: list[str]) -> None:
        """Start the process; it is up when `ping` says so."""
        self._configure(seeds, first)
        java = ["java", f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", *self._flags()]
        with (self.folder / "out.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*java, "-cp", f"{self._server}/lib/*", "org.opensearch.bootstrap.OpenSearch"],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._who(),
            )

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the process in good order."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Let the process hang: it neither answers nor goes away."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the process."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process(self) -> int:
        """The number of the process."""
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        return (self.folder / "out.log").read_text(errors="replace")[-3000:]

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(60)

    def _configure(self, seeds: list[str], first: list[str]) -> None:
        config = self.folder / "config"
        if not config.exists():
            shutil.copytree(self._server / "config", config)
            for name in ("data", "logs", "tmp"):
                (self.folder / name).mkdir()
        settings: dict[str, Any] = {
            "cluster.name": "chaquan-tests",
            "node.name": self.name,
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "network.host": "127.0.0.1",
            "http.port": self._ports[0],
            "transport.port": self._ports[1],
            "discovery.seed_hosts": seeds,
            "cluster.initial_cluster_manager_nodes": first,
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "node.processors": 2,
        }
        lines = [f"{name}: {json.dumps(value)}" for name, value in settings.items()]
        (config / "opensearch.yml").write_text("\n".join(lines) + "\n")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody", str(self.folder)], check=True)

    def _flags(self) -> list[str]:
        return [
            # A short life is over before the second compiler has paid for itself.
            *(["-XX:TieredStopAtLevel=1"] if self._hasty else []),
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            "-Djava.security.manager=allow",
            "-Dfile.encoding=UTF-8",
            "-Djava.locale.providers=SPI,COMPAT",
            "-Dlog4j2.disable.jmx=true",
            "-Dlog4j.shutdownHookEnabled=false",
            "-Dio.netty.noUnsafe=true",
            "-Dopensearch.networkaddress.cache.ttl=60",
            f"-Dopensearch.path.home={self._server}",
            f"-Dopensearch.path.conf={self.folder / 'config'}",
            "-Dopensearch.distribution.type=zip",
            "-Dopensearch.bundled_jdk=false",
        ]

    def _who(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Cluster:
    """Some nodes that know each other; a context manager."""

    def __init__(self, number: int = 2, *, on_disk: bool = False) -> None:
        self._server = fetch_server()
        memory = None if on_disk else memory_folder()
        self._folder = tempfile.TemporaryDirectory(prefix="chaquan-cluster-", dir=memory)
        Path(self._folder.name).chmod(0o755)
        ports = free_ports(2 * number)
        self.nodes = [
            Node(
                self._server,
                Path(self._folder.name),
                f"node{n}",
                (ports[2 * n], ports[2 * n + 1]),
                hasty=not on_disk,
            )
            for n in range(number)
        ]
        for node in self.nodes:
            node.folder.mkdir()

    @property
    def url(self) -> str:
        """The addresses of all nodes, as the setting wants them."""
        return " ".join(node.url for node in self.nodes)

    def __enter__(self) -> Cluster:
        try:
            for node in self.nodes:
                self.start(node)
            self.wait(len(self.nodes))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()
        self._folder.cleanup()

    def start(self, node: Node) -> None:
        """Start a node, or start it again."""
        node.start(
            seeds=[one.transport for one in self.nodes], first=[one.name for one in self.nodes]
        )

    def wait(self, number: int, *, status: str = "yellow") -> None:
        """Wait until so many nodes have found each other."""
        end = time.monotonic() + PATIENCE
        path = f"/_cluster/health?wait_for_nodes=>={number}&wait_for_status={status}&timeout=5s"
        while time.monotonic() < end:
            for node in self.nodes:
                if not node.running:
                    continue
                try:
                    health = ask(node.url + path)
                except (URLError, OSError, ValueError):
                    time.sleep(0.3)
                    continue
                if not health["timed_out"] and health["number_of_nodes"] >= number:
                    return
            if not any(node.running for node in self.nodes):
                break
        raise NotStarted(f"{number} nodes did not start: " + self.nodes[0].log())


def memory_folder() -> str | None:
    """Return a folder in memory where there is room: a cluster syncs at every step to disk."""
    folder = Path("/dev/shm")
    if folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2**31:
        return str(folder)
    return None


def ask(url: str, method: str = "GET") -> Any:
    """Ask a node directly, past the engine."""
    with urlopen(Request(url, method=method), timeout=30) as answer:
        return json.load(answer)


def free_ports(number: int) -> list[int]:
    """Find free ports."""
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def main(arguments: list[str]) -> None:
    ends = [signal.SIGINT, signal.SIGTERM]
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # they end the waiting, not this process
    print(fetch_server())
    if arguments[:1] == ["start"]:
        number = int(arguments[1]) if len(arguments) > 1 else 2
        with Cluster(number, on_disk=True) as cluster:
            print(f"CHAQUAN_URL='{cluster.url}'", flush=True)
            signal.sigwait(ends)


if __name__ == "__main__":
    main(sys.argv[1:])
