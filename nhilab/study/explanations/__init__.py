"""What does a scenario say, before anything is run?"""
