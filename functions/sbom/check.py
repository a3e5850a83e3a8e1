"""Checks bills of materials against the schema of CycloneDX. Needs cyclonedx-python-lib."""
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

validator = JsonStrictValidator(SchemaVersion.V1_5)
for path in sys.argv[1:]:
    problem = validator.validate_str(pathlib.Path(path).read_text())
    if problem:
        sys.exit(f"{path}: {problem}")
    print(f"{path}: as CycloneDX 1.5 wants it")
