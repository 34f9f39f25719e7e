"""Cells run in a Jupyter kernel, as in a notebook."""

import warnings
from typing import Any

import nbformat
from nbclient import NotebookClient


class Outputs(list[Any]):
    """The outputs of a cell as they are in the end; `updates` are the states of its bars."""

    def __init__(self, outputs, updates):
        super().__init__(outputs)
        self.updates = updates


class _Listening(NotebookClient):
    """Keeps what a cell changes in its outputs, which are saved in their last state alone."""

    updates: list[list[str]]

    def process_message(self, message, cell, cell_index):
        if message["header"]["msg_type"] == "update_display_data":
            self.updates[cell_index].append(message["content"]["data"].get("text/html", ""))
        return super().process_message(message, cell, cell_index)


def run_cells(sources, folder=None):
    """Run cells in a new kernel; return their outputs. Raises `CellExecutionError` for one that fails."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = run_notebook(notebook, folder)
    return [Outputs(cell.outputs, client.updates[i]) for i, cell in enumerate(notebook.cells)]


def run_notebook(notebook, folder=None):
    """Run a notebook in place, started in `folder`; return what ran it."""
    resources = {} if folder is None else {"metadata": {"path": str(folder)}}
    client = _Listening(notebook, timeout=300, kernel_name="python3", resources=resources)
    client.updates = [[] for _ in notebook.cells]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Jupyter's own, about event loops and encryption
        client.execute()
    return client
