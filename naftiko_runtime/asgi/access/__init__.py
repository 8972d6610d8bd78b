"""Who may call? One module for each scheme, and one guard in front of every face (language §5.5)."""
