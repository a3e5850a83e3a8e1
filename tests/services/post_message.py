#!/usr/bin/env python3
"""Puts a message on a queue of Azurite as the playbook does: the same method, path, headers and body; only the key is Azurite's.

usage: post_message.py ENDPOINT QUEUE ARM_ID
"""
import base64
import sys

from azurite_queues import call

endpoint, queue, arm_id = sys.argv[1:]
created, _ = call("PUT", endpoint, f"/{queue}")
assert created in (201, 204), created
message = base64.b64encode(('{"v":1,"incidentArmId":"' + arm_id + '"}').encode()).decode()
body = f"<QueueMessage><MessageText>{message}</MessageText></QueueMessage>".encode()
status, _ = call("POST", endpoint, f"/{queue}/messages", body, "application/xml")
assert status == 201, status
