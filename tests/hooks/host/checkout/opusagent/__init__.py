"""A host of OpusAgent's shape, as small as can be: the same names, and nothing behind them."""
