"""Many runs: seeds, guards, settings - over processes, with the same verdicts."""
