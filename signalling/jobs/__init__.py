"""What happens without anybody asking: windows close into outcomes, dead sessions are reaped,
life is proven.
"""
