"""Does the simulation agree with known answers?"""
