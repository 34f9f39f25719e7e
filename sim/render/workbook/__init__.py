"""Workbooks for spreadsheets, from findings: what a person sees in each sheet."""
