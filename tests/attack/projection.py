"""Log lines become table rows as the data collection rule says: the declared fields are read, the transform runs on them.

The transform runs by duckdb-kql under the name `source`. Log Analytics knows no missing string, only an empty one, so missing
strings are stored as empty ones. Computer is a field that the agent adds; here it is always `tpot-01`.
"""
import json
import tempfile
from pathlib import Path

import duckdb
import duckdb_kql

LOGS = "templates/azure/honeypot/logs.json"
COMPUTER = "tpot-01"
FIELD_TYPES = {
    "string": "VARCHAR", "int": "INTEGER", "long": "BIGINT", "real": "DOUBLE", "boolean": "BOOLEAN", "datetime": "TIMESTAMP", "dynamic": "JSON",
}
COLUMN_TYPES = {name.lower(): kind for name, kind in FIELD_TYPES.items()}


class Mismatch(Exception):
    """The transform gives other columns than the table declares."""


def connect() -> duckdb.DuckDBPyConnection:
    """One thread: rows that tie for a place in a rule's limit then come in the same order in every run."""
    connection = duckdb_kql.connect()
    connection.execute("SET threads = 1")
    return connection


def declared(root: Path) -> list[dict]:
    return json.loads((root / LOGS).read_text())["tables"]


def read_source(connection: duckdb.DuckDBPyConnection, fields: list[dict], lines: list[str]):
    """Creates `source` with the declared fields only; what a line does not have is null."""
    columns = {field["name"]: FIELD_TYPES[field["type"]] for field in fields}
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        connection.execute("DROP TABLE IF EXISTS source")
        connection.execute(
            "CREATE TABLE source AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = ?, maximum_object_size = 33554432)",
            [file.name, columns],
        )
    if "Computer" in columns:
        connection.execute("UPDATE source SET Computer = ? WHERE Computer IS NULL", [COMPUTER])


def check_columns(table: dict, names: list[str], types: list[str]):
    wanted = [(column["name"], COLUMN_TYPES[column["type"].lower()]) for column in table["columns"]]
    found = list(zip(names, map(str, types)))
    if found != wanted:
        raise Mismatch(f"{table['table']}: the transform gives {found}, the table declares {wanted}")


def project(connection: duckdb.DuckDBPyConnection, table: dict, lines: list[str]) -> int:
    """Fills the table from the log lines and gives the number of rows. Raises KqlUnsupportedError for what duckdb-kql cannot run."""
    read_source(connection, table["fields"], lines)
    result = duckdb_kql.kql(connection, table["transform"])
    check_columns(table, result.columns, result.types)
    create(connection, table)
    chosen = ", ".join(f'coalesce("{c["name"]}", \'\')' if c["type"] == "string" else f'"{c["name"]}"' for c in table["columns"])
    result.create_view("projected")
    connection.execute(f'INSERT INTO "{table["table"]}" SELECT {chosen} FROM projected')
    untimed = connection.execute(f'SELECT count(*) FROM "{table["table"]}" WHERE TimeGenerated IS NULL').fetchone()[0]
    if untimed:
        raise Mismatch(f"{table['table']}: {untimed} rows without a time")
    return connection.execute(f'SELECT count(*) FROM "{table["table"]}"').fetchone()[0]


def create(connection: duckdb.DuckDBPyConnection, table: dict):
    columns = ", ".join(f'"{c["name"]}" {COLUMN_TYPES[c["type"].lower()]}' for c in table["columns"])
    connection.execute(f'CREATE OR REPLACE TABLE "{table["table"]}" ({columns})')


def add_estate(connection: duckdb.DuckDBPyConnection, tables: dict[str, dict]):
    for name, table in tables.items():
        columns = [{"name": column, "type": kind} for column, kind in table["columns"].items()]
        create(connection, {"table": name, "columns": columns})
        connection.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(columns))})', table["rows"])


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict]:
    result = connection.execute(f'SELECT * FROM "{table}" ORDER BY ALL')
    names = [column[0] for column in result.description]
    return [dict(zip(names, map(plain, row))) for row in result.fetchall()]


def plain(value):
    """A value that JSON can hold; times as the trigger writes them, with seven decimals."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.%f0Z") if hasattr(value, "strftime") else value
