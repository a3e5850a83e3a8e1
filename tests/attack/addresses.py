"""Turns the loopback addresses of a test run into addresses that look public.

On one machine every attacker comes from 127.0.0.0/8, and triage leaves such addresses out on purpose. So the log that the
real honeypot wrote is changed in three ways before it is used, and in no other: each bot's source address, the address and
port of the server that it downloads from, and the honeypot's own port (22, where T-Pot has it). All new addresses are from
the ranges that are reserved for documentation. Lines about 127.0.0.1 itself are the harness looking whether the port is
open: they are left out.
"""
import json

PUBLIC = {"127.0.0.11": "203.0.113.7", "127.0.0.12": "198.51.100.42", "127.0.0.13": "192.0.2.91"}
ATTACKER = PUBLIC["127.0.0.11"]
DOWNLOAD_SERVER = "198.51.100.23"
HARNESS = "127.0.0.1"


def public_log(lines: list[str], url: str, port: int) -> tuple[list[str], str]:
    """The log with public addresses, and the URL as it stands there."""
    origin = url.split("/bins/")[0]
    public_origin = f"http://{DOWNLOAD_SERVER}"
    changed = []
    for line in lines:
        event = json.loads(line.replace(origin, public_origin))
        if event.get("src_ip") == HARNESS:
            continue
        if "src_ip" in event:
            event["src_ip"] = PUBLIC[event["src_ip"]]
        if event.get("dst_port") == port:
            event["dst_port"] = 22
        changed.append(json.dumps(event, separators=(",", ":")))
    return changed, url.replace(origin, public_origin)
