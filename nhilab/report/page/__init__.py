"""What does one self-contained page show?"""
