"""Between which values does a number lie, as replications differ?"""
