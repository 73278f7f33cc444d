"""What if values, controls or assumptions were others?"""
