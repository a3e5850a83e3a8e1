"""What all three talk to: Sentinel, the identity endpoint of the Functions platform, and a chat model; on one port, always well."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-soc/providers/"
    "Microsoft.OperationalInsights/workspaces/law-soc"
)
# {"alg":"none"}.{"oid":"00000000-0000-0000-0000-00000000000a"}.
TOKEN = "eyJhbGciOiJub25lIn0.eyJvaWQiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMGEifQ."
EXAMPLE = Path(__file__).parent / "../../examples/incidents/ssh-brute-force.json"


def incident_id(number):
    return f"{WORKSPACE}/providers/Microsoft.SecurityInsights/Incidents/00000000-0000-0000-0000-{number:012}"


class StandIn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    comments = set()
    incident = json.loads(EXAMPLE.read_text())["object"]
    words = {"summary": "The host was used after many failures.", "verdict": "Undetermined"}
    answer = {
        "choices": [{"message": {"role": "assistant", "content": json.dumps(words)}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 2500, "completion_tokens": 40},
    }

    def reply(self, status, value):
        body = json.dumps(value).encode()
        # In one piece: the second of two would wait for the other side's acknowledgement.
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def do_GET(self):
        if self.path.startswith("/msi/token"):
            token = {"access_token": TOKEN, "expires_on": "4102444800", "resource": "x", "token_type": "Bearer"}
            return self.reply(200, token)
        if "/comments/" in self.path:
            return self.reply(404, {"error": {"code": "NotFound"}})
        number = self.path.split("?")[0]
        properties = {key: value for key, value in self.incident["properties"].items() if key not in ("alerts", "relatedEntities")}
        self.reply(200, {**self.incident, "id": number, "properties": properties})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        properties = self.incident["properties"]
        if self.path.endswith("/chat/completions"):
            self.reply(200, self.answer)
        elif "/alerts" in self.path:
            self.reply(200, {"value": properties["alerts"]})
        else:
            self.reply(200, {"entities": properties["relatedEntities"], "metaData": []})

    def do_PUT(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        StandIn.comments.add(self.path.split("/comments/")[0])
        self.reply(201, {"properties": {}})

    def log_message(self, *_):
        pass


def start():
    """Starts it; gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
