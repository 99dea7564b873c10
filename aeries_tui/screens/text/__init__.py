"""What the screens say: lines, sentences and counts, made without Textual."""
