#!/usr/bin/env python3
"""The tutorial's plain question and ours to the same model, side by side, as Markdown.

usage: side-by-side.py URL MODEL [FILE..]     for example: side-by-side.py http://127.0.0.1:8099/v1 smollm2

Our request goes by way of a small relay in this script, so that the model's answer is shown as it came.
"""
import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.request

PLAIN_TOKENS = 120
FILES = ["ssh-brute-force", "password-spray-success", "ransomware-host"]
HONEYTRIAGE = os.environ.get("HONEYTRIAGE", "target/release/honeytriage")


def post(url: str, body: bytes) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    return urllib.request.urlopen(request, timeout=600).read()


def content(answer: bytes) -> str:
    return json.loads(answer)["choices"][0]["message"]["content"].strip()


class Relay(http.server.BaseHTTPRequestHandler):
    """Hands requests on, and keeps the last answer."""

    url = ""
    last = b"{}"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Relay.last = post(Relay.url + "/chat/completions", body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(Relay.last)))
        self.end_headers()
        self.wfile.write(Relay.last)

    def log_message(self, *_):
        pass


def honeytriage(*args: str) -> str:
    environment = {**os.environ, "HONEYTRIAGE_MODEL_TIMEOUT": "600"}
    return subprocess.run([HONEYTRIAGE, *args], capture_output=True, text=True, check=True, env=environment).stdout


def dense(text: str) -> str:
    """The same JSON without white space; anything else as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def main() -> None:
    Relay.url, model = sys.argv[1], sys.argv[2]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    relay = f"http://127.0.0.1:{server.server_port}/v1"
    for name in sys.argv[3:] or FILES:
        file = f"examples/incidents/{name}.json"
        plain = json.loads(honeytriage("prompt", file, "--classic", "--format", "json", "--model", model))
        plain["max_tokens"] = PLAIN_TOKENS
        answer = content(post(Relay.url + "/chat/completions", json.dumps(plain).encode()))
        ours = json.loads(
            honeytriage("triage", file, "--completer", "model", "--model-url", relay, "--model", model, "--format", "json")
        )
        part = ours["triage"].get("model") or {}
        kept = {key: part.get(key) for key in ("summary", "reasons", "questions", "own_steps") if part.get(key)}
        print(f"## {name}\n")
        print(f"The plain question, first {PLAIN_TOKENS} tokens of the answer:\n\n{quoted(answer)}\n")
        print(f"Ours, the answer as it came:\n\n```json\n{dense(content(Relay.last))}\n```\n")
        print(f"What the gate let through of its words: `{json.dumps(kept, ensure_ascii=False)}`. "
              f"Removed: `{json.dumps(ours['removed'])}`. "
              f"Verdict in the comment: {ours['triage']['assessment']['verdict']} "
              f"({ours['triage']['assessment']['confidence']:.2f}).\n")


main()
