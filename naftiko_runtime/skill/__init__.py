"""The Skill face: what agents can learn to do here, for them to read. It never executes anything (language §7.1)."""
