"""The three calls as they are mostly written in Python: azure-functions, requests, azure-identity. One queue message a line on
standard input stands for the host."""
import html
import json
import os
import sys
import uuid

import azure.functions as func
import requests
from azure.identity import DefaultAzureCredential

ARM = os.environ["ARM_URL"]
MODEL = os.environ["MODEL_URL"]
VERSION = "api-version=2025-09-01"

credential = DefaultAzureCredential()


def main(msg: func.QueueMessage) -> None:
    incident_id = json.loads(msg.get_body())["incidentArmId"]
    token = credential.get_token("https://management.azure.com/.default").token
    headers = {"Authorization": f"Bearer {token}"}
    incident = requests.get(f"{ARM}{incident_id}?{VERSION}", headers=headers, timeout=20).json()
    alerts = requests.post(f"{ARM}{incident_id}/alerts?{VERSION}", headers=headers, timeout=20).json()
    entities = requests.post(f"{ARM}{incident_id}/entities?{VERSION}", headers=headers, timeout=20).json()

    question = "How do I remediate this Microsoft Sentinel incident?\n" + json.dumps(
        {"incident": incident["properties"], "alerts": alerts["value"], "entities": entities["entities"]}
    )
    body = {"model": "m", "messages": [{"role": "user", "content": question}], "max_tokens": 700}
    answer = requests.post(f"{MODEL}/chat/completions", json=body, timeout=60).json()
    text = answer["choices"][0]["message"]["content"]

    comment = {"properties": {"message": "<p>" + html.escape(text) + "</p>"}}
    url = f"{ARM}{incident_id}/comments/{uuid.uuid4()}?{VERSION}"
    requests.put(url, headers=headers, json=comment, timeout=20).raise_for_status()


for line in sys.stdin:
    main(func.QueueMessage(body=line.encode()))
    print("done", flush=True)
