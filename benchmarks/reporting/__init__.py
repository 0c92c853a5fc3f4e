"""What every report costs as a whole: until its first row, until its last, and what it reads."""
