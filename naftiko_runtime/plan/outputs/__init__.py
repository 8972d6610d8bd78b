"""What becomes of an answer: decoded, shaped, or bytes as they are."""
