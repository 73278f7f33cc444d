"""What do all figures have in common?"""
