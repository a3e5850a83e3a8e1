#!/usr/bin/env python3
"""Read, complete, comment: ours beside the same three calls as they are written in Python and Node. Prints a table in Markdown.

usage: run.py AZURE_HANDLER PYTHON NODE_PACKAGES     (just beside-others names them)

Each is one process against the same stand-in. Start: from the process's start to the first comment. CPU and memory: over 200
more incidents. The Functions host and its language workers are not measured, for any of them.
"""
import base64
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import stand_in

HERE = Path(__file__).parent
STARTS = 15
INCIDENTS = 200


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lines:
    """A program that takes a message a line."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def triage(self, message):
        self.process.stdin.write(message + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", "it failed"


class Handler:
    """Ours, called as the Functions host calls it."""

    def __init__(self, command, environment):
        self.port = free_port()
        environment = {**environment, "FUNCTIONS_CUSTOMHANDLER_PORT": str(self.port)}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.host = None

    def connected(self):
        while self.host is None:
            host = http.client.HTTPConnection("127.0.0.1", self.port)
            try:
                host.connect()
                self.host = host
            except ConnectionRefusedError:
                time.sleep(0.0005)
        return self.host

    def triage(self, message):
        body = {"Data": {"message": base64.b64encode(message.encode()).decode()}, "Metadata": {"DequeueCount": "2"}}
        self.connected().request("POST", "/incident-trigger", json.dumps(body), {"Content-Type": "application/json"})
        answer = self.host.getresponse()
        told = answer.read()
        assert answer.status == 200 and json.loads(told)["Outputs"] == {}, told


def cpu_seconds(pid):
    # utime and stime, after the name in parentheses (proc(5)).
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1000


def measured(start):
    number = iter(range(1, 1_000_000))

    def message():
        return json.dumps({"v": 1, "incidentArmId": stand_in.incident_id(next(number))})

    starts = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        program = start()
        program.triage(message())
        starts.append(time.perf_counter() - begin)
        program.process.kill()
        program.process.wait()
    program = start()
    program.triage(message())
    before = cpu_seconds(program.process.pid)
    for _ in range(INCIDENTS):
        program.triage(message())
    each = (cpu_seconds(program.process.pid) - before) / INCIDENTS
    memory = peak_megabytes(program.process.pid)
    program.process.kill()
    program.process.wait()
    return statistics.median(starts) * 1000, each * 1000, memory


def main():
    handler, python, packages = sys.argv[1:]
    port = stand_in.start()
    url = f"http://127.0.0.1:{port}"
    base = {"PATH": os.environ["PATH"], "IDENTITY_ENDPOINT": f"{url}/msi/token", "IDENTITY_HEADER": "x"}
    theirs = {**base, "ARM_URL": url, "MODEL_URL": f"{url}/v1", "PACKAGES": f"{packages}/", "NO_PROXY": "127.0.0.1"}
    ours = {
        **base,
        "HONEYTRIAGE_WORKSPACES": stand_in.WORKSPACE,
        "HONEYTRIAGE_ARM_URL": url,
        "HONEYTRIAGE_COMPLETER": "model",
        "HONEYTRIAGE_MODEL_URL": f"{url}/v1",
        "HONEYTRIAGE_MODEL": "m",
    }
    rows = [
        ("honeytriage: runbook, prompt, gate, one comment however often", lambda: Handler([handler], ours)),
        ("Python: azure-functions, requests, azure-identity", lambda: Lines([python, HERE / "function_app.py"], theirs)),
        ("Node: fetch, @azure/identity", lambda: Lines(["node", HERE / "function_app.mjs"], theirs)),
    ]
    print(f"{date.today():%d %B %Y}, {os.cpu_count()} cores, {platform.machine()}\n")
    print("| the same three calls | start to first comment | CPU an incident | most memory |\n|---|---|---|---|")
    for name, start in rows:
        seen = len(stand_in.StandIn.comments)
        first, each, memory = measured(start)
        stand_in.StandIn.comments.clear()
        assert seen == 0
        print(f"| {name} | {first:.0f} ms | {each:.1f} ms | {memory:.0f} MB |", flush=True)


main()
