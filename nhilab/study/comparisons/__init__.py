"""Which strategy leaves thieves the least, and what does that rest on?"""
