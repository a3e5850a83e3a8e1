#!/usr/bin/env python3
"""Runs a bundle's script against the scripted az.

    run.py SCENARIO SCRIPT [ARGUMENT..]   one script; its output and exit code are run.py's; AZ_LOG names the log
    run.py --all [--calls FOLDER]         every `runs` of every scenario, with its expectations; FOLDER gets every argv:
                                          SCENARIO.jsonl, each once in all.jsonl, and those that the scripts told
                                          people to run in told.jsonl (for az_args.py)

BUNDLE: a generated bundle to take instead of templates/scripts with stand-ins. BASH_UNDER_TEST: the bash to run with.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lines import commands
from scenario import Scenario, load

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "templates" / "scripts"
STAND_INS = ["main.json", "soc.json", "honeypot.json", "soc/automation-rule.json", "functions.zip"]
PARAMETERS = ["main.parameters.json", "soc.parameters.json", "honeypot.parameters.json"]


def bundle(scenario: Scenario, folder: Path) -> None:
    """Writes the folder that the scripts run in."""
    if "BUNDLE" in os.environ:
        shutil.copytree(os.environ["BUNDLE"], folder, dirs_exist_ok=True)
    else:
        (folder / "soc").mkdir()
        for script in SCRIPTS.glob("*.sh"):
            shutil.copy(script, folder)
        for name in STAND_INS:
            (folder / name).write_text('{"resources": [{"type": "Microsoft.Example/things"}]}\n')
        for name in PARAMETERS:
            (folder / name).write_text('{"parameters": {}}\n')
    lab = (HERE / "lab.sh").read_text()
    for name, value in scenario.merged("lab").items():
        lab += f"{name}={shlex.quote(value)}\n"
    (folder / "lab.sh").write_text(lab)
    for name, text in scenario.merged("with").items():
        (folder / name).write_text(text)
    for name in scenario.own.get("without", []):
        (folder / name).unlink()


def run(scenario: Scenario, script: str, arguments: list, log: Path, stdin: str = "", interrupt: str = "") -> tuple:
    """Runs one script; gives its exit code and its output (both streams as one)."""
    with tempfile.TemporaryDirectory() as folder:
        bundle(scenario, Path(folder))
        scratch = Path(folder) / "tmp"
        scratch.mkdir()
        env = {
            "PATH": f"{HERE}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": folder,
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(scratch),
            "AZ_SCENARIO": str(HERE / "scenarios" / f"{scenario.name}.json"),
            "AZ_LOG": str(log),
            "HONEYTRIAGE_PAUSE": os.environ.get("HONEYTRIAGE_PAUSE", "0"),
            **scenario.merged("env"),
        }
        process = subprocess.Popen(
            [os.environ.get("BASH_UNDER_TEST", "bash"), str(Path(folder) / script), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env,
            start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        process.stdin.write(stdin)
        process.stdin.close()
        output = ""
        for line in process.stdout:
            output += line
            if interrupt and interrupt in line:
                interrupt = ""
                os.killpg(process.pid, signal.SIGINT)
        code = process.wait()
        left = [str(path.relative_to(scratch)) for path in scratch.rglob("*")]
        if left:
            output += f"run.py: files stayed: {left}\n"
            code = 98
    return code, output


def calls_of(log: Path) -> list:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def failures(expected: dict, code: int, output: str, calls: list, secrets: list) -> list:
    """What of a run's expectations does not hold."""
    wrong = []
    if code != expected.get("exit", 0):
        wrong.append(f"exit code {code}, expected {expected.get('exit', 0)}")
    flat = " ".join(output.split())
    wrong += [f"does not say: {text}" for text in expected.get("says", []) if text not in flat]
    wrong += [f"says: {text}" for text in expected.get("never", []) if text in flat]
    lines = [" ".join(call) for call in calls]
    wrong += [f"called: {text}" for text in expected.get("not_called", []) if any(text in line for line in lines)]
    wrong += [f"in an argument: {text}" for text in expected.get("never", []) if any(text in line for line in lines)]
    at = 0
    for text in expected.get("calls", []):
        while at < len(lines) and text not in lines[at]:
            at += 1
        if at == len(lines):
            wrong.append(f"not called (in this order): {text}")
            break
        at += 1
    if "secret" in expected and expected["secret"] not in "".join(secrets):
        wrong.append("the key did not reach az by file")
    return wrong


def write_lines(path: Path, calls: list) -> None:
    path.write_text("".join(line + "\n" for line in dict.fromkeys(json.dumps(call) for call in calls)))


def run_scenario(path: Path) -> tuple:
    """A scenario's runs, one after the other: what to print, whether all held, az's calls, and commands told."""
    scenario = load(path)
    report, held, every, told = [], True, [], []
    for expected in scenario.own.get("runs", []):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "calls.jsonl"
            script, *arguments = expected["do"]
            code, output = run(scenario, script, arguments, log, expected.get("input", ""), expected.get("interrupt", ""))
            calls = calls_of(log)
            files = Path(f"{log}.files")
            secrets = [json.loads(line)["text"] for line in files.read_text().splitlines()] if files.exists() else []
        wrong = failures(expected, code, output, calls, secrets)
        report.append(f"{'BAD ' if wrong else 'ok  '} {scenario.name}: {' '.join(expected['do'])} -> {code}")
        if wrong:
            held = False
            report.append("     " + "\n     ".join(wrong) + "\n" + output)
        every += calls
        told += commands(output)
    return report, held, every, told


def never_run(calls: list) -> list:
    """Commands of the scripts that no scenario ran, or told people to run."""
    lines = {" ".join(call) for call in calls}
    written = re.compile(r"""(?:^|[ ("])(?:ask_)?az ((?:[a-z][a-z-]* )*[a-z][a-z-]*) -""", re.MULTILINE)
    found = {command for script in SCRIPTS.glob("*.sh") for command in written.findall(script.read_text())}
    return sorted(command for command in found if not any(line.startswith(f"{command} ") for line in lines))


def run_all(calls_folder: str) -> int:
    paths = sorted((HERE / "scenarios").glob("*.json"))
    # Most of a run is waiting for programs to start.
    with ThreadPoolExecutor(max_workers=4) as pool:
        results = list(pool.map(run_scenario, paths))
    print("\n".join(line for report, *_ in results for line in report))
    if calls_folder:
        folder = Path(calls_folder)
        for path, (_, _, calls, _) in zip(paths, results):
            write_lines(folder / f"{path.stem}.jsonl", calls)
        write_lines(folder / "all.jsonl", [call for _, _, calls, _ in results for call in calls])
        write_lines(folder / "told.jsonl", [command for *_, told in results for command in told])
    never = never_run([call for _, _, calls, told in results for call in calls + told])
    print("".join(f"BAD  never run: az {command}\n" for command in never), end="")
    return 0 if not never and all(held for _, held, _, _ in results) else 1


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--all"]:
        return run_all(arguments[2] if arguments[1:2] == ["--calls"] else "")
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    scenario = load(HERE / "scenarios" / f"{arguments[0]}.json")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(os.environ.get("AZ_LOG", f"{folder}/calls.jsonl"))
        code, output = run(scenario, arguments[1], arguments[2:], log, "" if sys.stdin.isatty() else sys.stdin.read())
    sys.stdout.write(output)
    return code


if __name__ == "__main__":
    sys.exit(main())
