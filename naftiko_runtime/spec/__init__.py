"""Text → Document → Spec: what a capability file says, with the place of everything in it."""
