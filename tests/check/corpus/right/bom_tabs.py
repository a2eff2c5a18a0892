# expect: zero_pad = right; conv_single_step = right; conv_forward = right; pool_forward = right; pool_backward = right
import numpy as np

def zero_pad(X, pad):
	X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode = "constant")
	return X_pad

def conv_single_step(a_slice_prev, W, b):
	return (a_slice_prev * W).sum() + b.sum() if hasattr(b, "sum") else (a_slice_prev * W).sum() + b

def conv_forward(A_prev, W, b, hparameters):
	m, nH, nW, nC = A_prev.shape
	f, _, _, K = W.shape
	s, p = hparameters["stride"], hparameters["pad"]
	H = (nH + 2*p - f)//s + 1
	V = (nW + 2*p - f)//s + 1
	padded = zero_pad(A_prev, p)
	Z = np.zeros((m, H, V, K))
	for y in range(f):
		for x in range(f):
			# all places of one cell of the filter at once
			patch = padded[:, y : y + s*(H - 1) + 1 : s, x : x + s*(V - 1) + 1 : s, :]
			Z += patch @ W[y, x]
	Z += b
	return Z, (A_prev.copy(), W.copy(), b.copy(), dict(hparameters))

def pool_forward(A_prev, hparameters, mode = "max"):
	m, nH, nW, nC = A_prev.shape
	f, s = hparameters["f"], hparameters["stride"]
	H = (nH - f)//s + 1
	V = (nW - f)//s + 1
	A = None
	for y in range(f):
		for x in range(f):
			patch = A_prev[:, y : y + s*(H - 1) + 1 : s, x : x + s*(V - 1) + 1 : s, :]
			if A is None:
				A = patch.copy()
			elif mode == "max":
				A = np.maximum(A, patch)
			else:
				A = A + patch
	if mode == "average":
		A /= f*f
	return A, (A_prev.copy(), hparameters.copy())

def pool_backward(dA, cache, mode = "max"):
	A_prev, hparameters = cache
	f, s = hparameters["f"], hparameters["stride"]
	H, V = dA.shape[1:3]
	A, _ = pool_forward(A_prev, hparameters, mode)
	dA_prev = np.zeros(A_prev.shape)
	for y in range(f):
		for x in range(f):
			where = (slice(None), slice(y, y + s*(H - 1) + 1, s), slice(x, x + s*(V - 1) + 1, s))
			if mode == "max":
				dA_prev[where] += np.where(A_prev[where] == A, dA, 0)
			else:
				dA_prev[where] += dA/f**2
	return dA_prev
