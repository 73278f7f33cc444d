"""What do the published answers say?"""
