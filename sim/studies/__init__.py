"""Studies: a request, the cases that it takes, counts that add in any order, tables, findings."""
