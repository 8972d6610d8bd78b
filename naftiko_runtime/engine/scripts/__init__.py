"""Scripts at work: in processes of their own, within limits, with nothing of this one in reach."""
