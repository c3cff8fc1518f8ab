"""What the reader may have meant: look-alike characters, homophones, pinyin, completion."""
