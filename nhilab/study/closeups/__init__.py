"""What happens under one strategy: to one credential, to each resource, on which paths?"""
