#!/usr/bin/env python3
"""Takes all messages of queues of Azurite, and prints each as a line of JSON: an object, or a string if it is none.

usage: take_messages.py ENDPOINT QUEUE..
"""
import base64
import json
import sys
import xml.etree.ElementTree as ET

from azurite_queues import call

endpoint, *queues = sys.argv[1:]
for queue in queues:
    while True:
        # What was taken stays hidden for an hour, so each look brings others.
        status, data = call("GET", endpoint, f"/{queue}/messages", numofmessages="32", visibilitytimeout="3600")
        texts = [] if status == 404 else [text.text or "" for text in ET.fromstring(data).iter("MessageText")]
        if not texts:
            break
        for text in texts:
            text = base64.b64decode(text).decode()
            try:
                print(json.dumps(json.loads(text)))
            except ValueError:
                print(json.dumps(text))
