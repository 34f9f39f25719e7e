"""The command line: a file for each verb, or for each group of them."""
