"""How fast is a call, beside what stands beside it? `python -m benchmarks` measures it; README.md says how."""
