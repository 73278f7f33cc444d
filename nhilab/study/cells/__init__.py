"""Who computes cells, and where is what is finished kept?"""
