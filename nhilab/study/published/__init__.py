"""How do the published results come about?"""
