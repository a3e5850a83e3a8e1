"""A real cowrie on 127.0.0.1: started in a scratch folder of its own, waited for, stopped.

cowrie refuses to run as root. When the test runs as root, cowrie runs as the user `nobody`; if that user cannot read the
installed cowrie (a home folder with mode 0700), it also gets one capability, to read any file or else to open any, and no other.
"""
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

USER = "nobody"
START_SECONDS = 60
HERE = Path(__file__).parent
READ_ANY = ["--inh-caps", "-all,+dac_read_search", "--ambient-caps", "+dac_read_search", "--bounding-set", "-all,+dac_read_search"]
# Where that one is not to be had, as in most containers: it also lets write, into the scratch folder and nothing that matters.
OPEN_ANY = [word.replace("dac_read_search", "dac_override") for word in READ_ANY]
SETTINGS = """\
[honeypot]
hostname = web-02
sensor_name = tpot-01
state_path = var/lib/cowrie
download_path = ${honeypot:state_path}/downloads
log_path = var/log/cowrie
[ssh]
enabled = true
listen_endpoints = tcp:%PORT%:interface=127.0.0.1
[telnet]
enabled = false
[output_jsonlog]
enabled = true
logfile = ${honeypot:log_path}/cowrie.json
"""
FOLDERS = ["etc", "var/log/cowrie", "var/lib/cowrie/downloads", "var/lib/cowrie/tty", "var/run"]


class Honeypot:
    """`with Honeypot(cowrie_dir, users) as pot:` gives `pot.port`, and after the block `pot.log`, the lines of cowrie.json."""

    def __init__(self, cowrie: Path, users: str):
        self.python = cowrie / "bin" / "python"
        self.users = users
        self.port = free_port()
        self.log: list[str] = []

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cowrie-"))
        for name in FOLDERS:
            (self.folder / name).mkdir(parents=True)
        (self.folder / "etc/cowrie.cfg").write_text(SETTINGS.replace("%PORT%", str(self.port)))
        (self.folder / "etc/userdb.txt").write_text(self.users)
        (self.folder / "home").mkdir()
        self.output = open(self.folder / "output.txt", "wb")
        self.process = self.start()
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def start(self):
        prefix = as_other_user(self.python) if os.getuid() == 0 else []
        if prefix:
            give_away(self.folder)
        source = (HERE / "loopback_cowrie.py").read_text()
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [*prefix, str(self.python), "-c", source]
        return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=self.output, stderr=subprocess.STDOUT)

    def wait(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"cowrie does not listen on port {self.port}:\n{self.said()}")

    def said(self) -> str:
        return (self.folder / "output.txt").read_text(errors="replace")[-3000:]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()
        log = self.folder / "var/log/cowrie/cowrie.json"
        self.log = log.read_text().splitlines() if log.exists() else []
        shutil.rmtree(self.folder, ignore_errors=True)

    def __exit__(self, kind, error, trace):
        if error:
            print(self.said(), file=sys.stderr)
        self.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def give_away(folder: Path):
    user = pwd.getpwnam(USER)
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, user.pw_uid, user.pw_gid)


def as_other_user(python: Path) -> list[str]:
    """What to put before the command, so that it runs as the other user and can read cowrie."""
    user = pwd.getpwnam(USER)
    base = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups", "--no-new-privs"]
    for extra in ([], READ_ANY, OPEN_ANY):
        probe = [*base, *extra, str(python), "-c", "import cowrie"]
        if subprocess.run(probe, cwd="/", capture_output=True).returncode == 0:
            return [*base, *extra]
    raise RuntimeError(f"the user {USER} cannot run {python}; run the test as another user than root")
