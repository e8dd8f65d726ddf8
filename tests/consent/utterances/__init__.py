"""What callers say, in one module for each language: the tables that every test of the grammars reads."""
