"""Which designs are best, within limits, and cheapest?"""
