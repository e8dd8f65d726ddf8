def load_vad_config():
    return {"backend": "quiet"}
