"""Bytes to clean text: decoding, masking of noise, language identification, dates."""
