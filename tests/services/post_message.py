#!/usr/bin/env python3
"""Puts a message on a queue of Azurite as the playbook does: the same method, path, headers and body; only the key is Azurite's.

usage: post_message.py ENDPOINT QUEUE ARM_ID
"""
import base64
import hashlib
import hmac
import sys
import urllib.error
import urllib.request
from email.utils import formatdate

# Azurite's well-known development key.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def call(method, endpoint, path, body=b"", content_type=""):
    account = endpoint.rsplit("/", 1)[1]
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2024-11-04"}
    length = str(len(body)) if body else ""
    signed = "\n".join([method, "", "", length, "", content_type, "", "", "", "", "", ""])
    signed += "\n" + "".join(f"{name}:{value}\n" for name, value in sorted(headers.items())) + f"/{account}/{account}{path}"
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()).decode()
    headers["Authorization"] = f"SharedKey {account}:{signature}"
    if content_type:
        headers["Content-Type"] = content_type
    request = urllib.request.Request(endpoint + path, data=body or None, headers=headers, method=method)
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code


endpoint, queue, arm_id = sys.argv[1:]
created = call("PUT", endpoint, f"/{queue}")
assert created in (201, 204), created
message = base64.b64encode(('{"v":1,"incidentArmId":"' + arm_id + '"}').encode()).decode()
body = f"<QueueMessage><MessageText>{message}</MessageText></QueueMessage>".encode()
status = call("POST", endpoint, f"/{queue}/messages", body, "application/xml")
assert status == 201, status
