"""A bill of materials without what differs from run to run or can be looked up by the purl: a line a component."""
import json
import re
import sys

folder = sys.argv[1]
text = sys.stdin.read().replace(f"path+file://{folder}/", "")
# The names of components need no registry before them: the purl tells it.
bom = json.loads(re.sub(r'"registry\+[^"#]*#', '"', text))
bom.pop("serialNumber", None)
bom["metadata"].pop("timestamp", None)
for component in bom["components"]:
    for key in ("author", "description", "externalReferences", "scope"):
        component.pop(key, None)


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


parts = []
for key, value in bom.items():
    lines = ",\n".join(map(line, value)) if isinstance(value, list) else None
    parts.append(f"{line(key)}:" + (line(value) if lines is None else f"[\n{lines}\n]"))
print("{" + ",\n".join(parts) + "}")
