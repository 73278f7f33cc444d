"""Which pictures does a report have, and what do they say?"""
