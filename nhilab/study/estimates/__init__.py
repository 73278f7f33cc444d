"""What do replications say of a number, and how many of them are needed?"""
