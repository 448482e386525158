"""Addresses and answers of other servers, so that their clients work here; one file each."""
