"""An editor in a few lines: it speaks to the YAML language server over standard input and output."""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SERVER = ROOT / ".ci/editor/node_modules/yaml-language-server/bin/yaml-language-server"

_SETTINGS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
_CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "publishDiagnostics": {},
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
    },
}
_SECONDS = 120
"""A server that says nothing for so long is ended, and the test with it."""

Message = dict[str, Any]


def skip_without_server():
    """Skip a test where Node or the server is missing; in CI, for which `.ci/run` installs them, fail it."""
    lacking = (
        "node" if shutil.which("node") is None else "" if SERVER.is_file() else "the YAML language server"
    )
    if lacking and os.environ.get("CI"):
        pytest.fail(f"{lacking} is missing: .ci/run installs it")
    if lacking:
        pytest.skip(f"needs {lacking}: install Node, then run npm ci --prefix .ci/editor")


class Editor:
    """An editor whose files all have one schema, unless their first line names another."""

    def __init__(self, process: "subprocess.Popen[bytes]", schema: Path) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.stdin, self.stdout = process.stdin, process.stdout
        self.settings = {**_SETTINGS, "schemas": {schema.as_uri(): "*.yaml"}}
        self.requests = 0
        self.request("initialize", {"processId": None, "rootUri": None, "capabilities": _CAPABILITIES})
        self.send({"method": "initialized", "params": {}})

    def send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.stdin.flush()

    def receive(self) -> Message:
        """The next message that needs no answer; what the server asks meanwhile is answered."""
        length = 0
        while line := self.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server ended"
        message: Message = json.loads(self.stdout.read(length))
        if "method" in message and "id" in message:
            self.answer(message)
            return self.receive()
        return message

    def answer(self, question: Message) -> None:
        items = question["params"].get("items", ()) if question["method"] == "workspace/configuration" else ()
        result = [self.settings if item["section"] == "yaml" else None for item in items] or None
        self.send({"id": question["id"], "result": result})

    def request(self, method: str, params: Message) -> Any:
        self.requests += 1
        number = self.requests
        self.send({"id": number, "method": method, "params": params})
        while (found := self.receive()).get("id") != number:
            pass
        assert "error" not in found, found
        return found["result"]

    def open(self, texts: dict[Path, str]) -> dict[Path, list[Message]]:
        """Open files with these texts, which need not be on disk, and return what is marked in each."""
        for path, text in texts.items():
            document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
            self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        found: dict[str, list[Message]] = {}
        while len(found) < len(texts):
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                found[message["params"]["uri"]] = message["params"]["diagnostics"]
        return {path: found[path.as_uri()] for path in texts}

    def hover(self, path: Path, line: int, column: int) -> str:
        """What is shown over a letter of an open file; both count from 0."""
        found = self.request("textDocument/hover", _at(path, line, column))
        return found["contents"]["value"] if found else ""

    def complete(self, path: Path, line: int, column: int) -> dict[str, Message]:
        """What may stand at a place of an open file, by its label."""
        found = self.request("textDocument/completion", _at(path, line, column))
        return {item["label"]: item for item in found["items"]}


def _at(path: Path, line: int, column: int) -> Message:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}


@contextmanager
def an_editor(schema: Path):
    """Start an editor, and end its server when done."""
    command = ["timeout", str(_SECONDS), "node", str(SERVER), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Editor(process, schema)
        finally:
            process.terminate()
