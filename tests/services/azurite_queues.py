"""Calls of the queue interface, signed with Azurite's key."""
import base64
import hashlib
import hmac
import urllib.error
import urllib.parse
import urllib.request
from email.utils import formatdate

# Azurite's well-known development key.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def call(method, endpoint, path, body=b"", content_type="", **query):
    """Status and body of one call."""
    account = endpoint.rsplit("/", 1)[1]
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2024-11-04"}
    length = str(len(body)) if body else ""
    signed = "\n".join([method, "", "", length, "", content_type, "", "", "", "", "", ""])
    signed += "\n" + "".join(f"{name}:{value}\n" for name, value in sorted(headers.items())) + f"/{account}/{account}{path}"
    signed += "".join(f"\n{name}:{value}" for name, value in sorted(query.items()))
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()).decode()
    headers["Authorization"] = f"SharedKey {account}:{signature}"
    if content_type:
        headers["Content-Type"] = content_type
    url = endpoint + path + ("?" + urllib.parse.urlencode(query) if query else "")
    request = urllib.request.Request(url, data=body or None, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
