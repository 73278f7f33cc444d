"""What does the terminal show in 80 columns?"""
