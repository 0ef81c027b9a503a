"""Puts everything together. Empty: `vtxero log` should not wait for what only a run needs."""
