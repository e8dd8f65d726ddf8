"""Fits the telephone encoder, the back-end and its calibration from a folder of speech."""
