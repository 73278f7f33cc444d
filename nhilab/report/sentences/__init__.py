"""What is said in words, the same in the terminal, on pages and in notebooks?"""
