"""What happens without anybody asking: windows close into outcomes, leases of dead processes
expire, life is proven.
"""
