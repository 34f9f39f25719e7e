"""Folders of results: files that are whole or not there, part files, the manifest, the lock."""
