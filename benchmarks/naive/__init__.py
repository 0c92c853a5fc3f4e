"""The same pages as somebody would first write them: what the others are compared with."""
