"""For those who develop this: benchmarks, generated documents, mutation, parity, test plans."""
