"""The SQL that readers run, by area. Plain rows come out; no input ever becomes SQL text."""
