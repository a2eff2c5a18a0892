"""What a learner may write in each blank, mistakes that the lesson's own checks must see, and how
they are put in."""

import ast
import textwrap

SIZES = """
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
"""
CORNERS = """
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                vert_end = vert_start + f
                horiz_start = w * stride
                horiz_end = horiz_start + f
"""
BLANKS = {
    "zero_pad": """
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
""",
    "conv_single_step": """
    s = a_slice_prev * W
    return np.sum(s) + b.item()
""",
    "conv_forward": f"""{SIZES}
    n_H = (n_H_prev - f + 2 * pad) // stride + 1
    n_W = (n_W_prev - f + 2 * pad) // stride + 1
    A_prev_pad = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
{CORNERS}
                a_slice_prev = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]
                for c in range(n_C):
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])
    cache = (A_prev, W, b, hparameters)
    return Z, cache
""",
    "pool_forward": f"""
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    n_H = (n_H_prev - f) // stride + 1
    n_W = (n_W_prev - f) // stride + 1
    A = np.zeros((m, n_H, n_W, n_C_prev))
{CORNERS}
                for c in range(n_C_prev):
                    a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":
                        A[i, h, w, c] = np.max(a_slice)
                    elif mode == "average":
                        A[i, h, w, c] = np.mean(a_slice)
                    else:
                        raise ValueError(f"mode: {{mode}}")
    cache = (A_prev, hparameters)
    return A, cache
""",
    "conv_backward": f"""
    A_prev, W, b, hparameters = cache
{SIZES}
    m, n_H, n_W, n_C = dZ.shape
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
{CORNERS}
                window = (i, slice(vert_start, vert_end), slice(horiz_start, horiz_end))
                for c in range(n_C):
                    dA_prev_pad[window] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_prev_pad[window] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db
""",
    "create_mask_from_window": """
    return x == np.max(x)
""",
    "distribute_value": """
    n_H, n_W = shape
    return np.full(shape, dz / (n_H * n_W))
""",
    "pool_backward": f"""
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
{CORNERS}
                for c in range(n_C):
                    window = (i, slice(vert_start, vert_end), slice(horiz_start, horiz_end), c)
                    if mode == "max":
                        dA_prev[window] += create_mask_from_window(A_prev[window]) * dA[i, h, w, c]
                    elif mode == "average":
                        dA_prev[window] += distribute_value(dA[i, h, w, c], (f, f))
                    else:
                        raise ValueError(f"mode: {{mode}}")
    return dA_prev
""",
}

SIZE = "n_H = (n_H_prev - f + 2 * pad) // stride + 1"
MISTAKES = {
    "zero_pad": [
        ("(0, 0), (pad, pad), (pad, pad), (0, 0)", "(0, 0), (pad, 0), (pad, 0), (0, 0)"),
        ("(0, 0), (pad, pad), (pad, pad), (0, 0)", "(0, 0), (0, 2 * pad), (pad, pad), (0, 0)"),
        ("(0, 0), (pad, pad), (pad, pad), (0, 0)", "(pad, pad), (pad, pad), (pad, pad), (0, 0)"),
        ("(0, 0), (pad, pad), (pad, pad), (0, 0)", "(0, 0), (0, 0), (pad, pad), (pad, pad)"),
        ("(0, 0), (pad, pad), (pad, pad), (0, 0)", "(0, 0), (pad, pad), (0, 0), (0, 0)"),
        ("(0, 0)))", "(0, 0)), constant_values=1)"),
        ("(0, 0)))", "(0, 0)), mode='edge')"),
        ("(0, 0)))", "(0, 0)), mode='reflect')"),
        ("return np.pad", "np.pad"),
    ],
    "conv_single_step": [
        ("np.sum(s) + b.item()", "np.sum(s + b)"),
        (" + b.item()", ""),
        ("+ b.item()", "- b.item()"),
        ("b.item()", "int(b.item())"),
        ("b.item()", "float(np.reshape(b, (1, 1))[:, :])"),
        ("np.sum(s)", "np.mean(s)"),
        ("* W", "* W[::-1, ::-1]"),
        ("np.sum(s)", "s"),
        ("b.item()", "b"),
        ("a_slice_prev * W", "a_slice_prev @ W"),
    ],
    "conv_forward": [
        ("= h * stride", "= h"),
        ("= w * stride", "= w"),
        ("vert_start + f", "vert_start + stride"),
        ("h * stride", "w * stride"),
        (SIZE, "n_H = int(np.ceil((n_H_prev - f + 2 * pad) / stride)) + 1"),
        (SIZE, "n_H = round((n_H_prev - f + 2 * pad) / stride) + 1"),
        (SIZE, "n_H = (n_H_prev - f) // stride + 1"),
        (SIZE, "n_H = (n_H_prev - f + pad) // stride + 1"),
        (SIZE, "n_H = (n_H_prev - f + 2 * pad) // stride"),
        ("= zero_pad(A_prev, pad)", "= A_prev"),
        ("A_prev_pad[i,", "A_prev_pad[0,"),
        ("W[:, :, :, c]", "W[:, :, :, 0]"),
        ("b[:, :, :, c]", "b[:, :, :, 0]"),
        ("W[:, :, :, c]", "W.reshape(n_C, f, f, n_C_prev)[c]"),
        ("W[:, :, :, c]", "W[::-1, ::-1, :, c]"),
        ("(a_slice_prev,", "(a_slice_prev[..., :1],"),
        ("cache = (A_prev,", "cache = (A_prev_pad,"),
        ("return Z, cache", "return Z"),
        ("n_H = (n_H_prev - f + 2 * pad) // stride + 1", "n_H = ..."),
    ],
    "pool_forward": [
        ("= h * stride", "= h"),
        ("= w * stride", "= w"),
        ("horiz_end, c]", "horiz_end, :]"),
        ("np.max(a_slice)", "np.max(np.abs(a_slice))"),
        ("np.max(", "np.min("),
        ("np.mean(", "np.sum("),
        ('"average"', '"mean"'),
        ('mode == "max"', "True"),
        ("vert_start + f", "vert_start + stride"),
        ("h * stride", "w * stride"),
        ("(n_H_prev - f) // stride", "-((f - n_H_prev) // stride)"),
        ("A_prev[i,", "A_prev[0,"),
    ],
    "conv_backward": [
        ("= h * stride", "= h"),
        ("dA_prev_pad[window] +=", "dA_prev_pad[window] ="),
        ("dW[:, :, :, c] +=", "dW[:, :, :, c] ="),
        ("db[:, :, :, c] +=", "db[:, :, :, c] ="),
        ("+= W[:, :, :, c]", "+= W[::-1, ::-1, :, c]"),
        ("dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]", "np.zeros(A_prev.shape)"),
        ("pad : pad + n_H_prev, pad : pad + n_W_prev", "pad:-pad, pad:-pad"),
        ("pad : pad + n_H_prev, pad : pad + n_W_prev", ":n_H_prev, :n_W_prev"),
        ("dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]", "dA_prev_pad"),
        ("A_prev_pad = zero_pad(A_prev, pad)", "A_prev_pad = 0 * zero_pad(A_prev, pad)"),
        ("return dA_prev, dW, db", "return dA_prev, dW / m, db / m"),
        ("db = np.zeros((1, 1, 1, n_C))", "db = np.zeros(n_C)"),
        ("W[:, :, :, c] * dZ", "W[:, :, :, c] * A_prev_pad[window] * dZ"),
    ],
    "create_mask_from_window": [
        ("x == np.max(x)", "np.argmax(x)"),
        ("x == np.max(x)", "np.abs(x) == np.max(np.abs(x))"),
        ("np.max", "np.min"),
        ("x == np.max(x)", "x == np.max(np.array([[1, 5, 2], [0, -7, 3]]))"),
        ("==", "!="),
    ],
    "distribute_value": [
        ("(n_H * n_W)", "n_H"),
        ("(n_H * n_W)", "(n_H + n_W)"),
        ("(n_H * n_W)", "n_H**2"),
        (" / (n_H * n_W)", ""),
        ("np.full(shape, dz / (n_H * n_W))", "dz / (n_H * n_W)"),
    ],
    "pool_backward": [
        ("= h * stride", "= h"),
        ("dA_prev[window] += create", "dA_prev[window] = create"),
        ("dA_prev[window] += distribute", "dA_prev[window] = distribute"),
        ("(A_prev[window]) * dA[i, h, w, c]", "(A_prev[window]) * A_prev[i, h, w, c]"),
        ("distribute_value(dA[i, h, w, c], (f, f))", "dA[i, h, w, c]"),
        ("distribute_value(", "create_mask_from_window(A_prev[window]) * float("),
        ("vert_start + f", "vert_start + stride"),
        (
            "slice(vert_start, vert_end), slice(horiz_start, horiz_end)",
            "slice(horiz_start, horiz_end), slice(vert_start, vert_end)",
        ),
        ("return dA_prev", "return dA_prev / m"),
    ],
}


def solved(source: str, bodies: dict[str, str]) -> str:
    """Put bodies in the blanks of a source; functions that it has not are passed over."""
    for name, body in bodies.items():
        node = function_of(source, name)
        if node is not None:
            lines = source.split("\n")
            written = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
            source = "\n".join(
                [*lines[: node.body[0].end_lineno], written, *lines[node.end_lineno :]]
            )
    return source


def function_of(source: str, name: str) -> ast.FunctionDef | None:
    """The syntax tree of a function of a source."""
    tree = ast.parse(source)
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    return found[0] if found else None
