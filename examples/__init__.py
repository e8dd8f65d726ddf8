"""Examples: a plugin, and the library by itself."""
