"""What do strategies and thieves cost in money?"""
