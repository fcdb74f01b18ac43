"""What Lot One is measured by: `make bench`, or `python -m bench NAME ...`.

Each module beside this one gives tables; figures are medians and ratios, for machines are noisy.
"""
