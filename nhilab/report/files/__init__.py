"""What do other programs read?"""
