"""Points of y^2 = x^3 - 3x + b with built-in integers: slow, small, complete.

Every exceptional case of the group law is handled.  P-256 and SM2 use it
until their field machine runs.  Jacobian coordinates, None is infinity.
"""


def on_curve(p, b, x, y):
    """Say whether (x, y) is a reduced affine point of the curve."""
    return x < p and y < p and (y * y - (x * x * x - 3 * x + b)) % p == 0


def _double(p, P):
    x, y, z = P
    d = z * z % p
    g = y * y % p
    b = x * g % p
    a = 3 * (x - d) * (x + d) % p
    x3 = (a * a - 8 * b) % p
    return x3, (a * (4 * b - x3) - 8 * g * g) % p, 2 * y * z % p


def _add(p, P, Q):
    if P is None:
        return Q
    if Q is None:
        return P
    x1, y1, z1 = P
    x2, y2, z2 = Q
    a = z1 * z1 % p
    c = z2 * z2 % p
    u = x1 * c % p
    s = y1 * z2 * c % p
    h = (x2 * a - u) % p
    r = (y2 * z1 * a - s) % p
    if h == 0:
        return _double(p, P) if r == 0 else None
    i = h * h % p
    j = h * i % p
    v = u * i % p
    x3 = (r * r - j - 2 * v) % p
    return x3, (r * (v - x3) - s * j) % p, z1 * z2 * h % p


def joint(p, k, G, m, Q):
    """Give kG + mQ (Shamir's trick) in Jacobian coordinates, or None."""
    G = G[0], G[1], 1
    Q = Q[0], Q[1], 1
    both = _add(p, G, Q)
    P = None
    for i in range(255, -1, -1):
        if P is not None:
            P = _double(p, P)
        a = k >> i & 1
        c = m >> i & 1
        if a and c:
            P = _add(p, P, both)
        elif a:
            P = _add(p, P, G)
        elif c:
            P = _add(p, P, Q)
    return P


def x_is(p, n, P, r):
    """Say whether the affine x of P is r modulo n (0 <= r < n < p)."""
    if P is None:
        return False
    z = P[2] * P[2] % p
    if (r * z - P[0]) % p == 0:
        return True
    return r + n < p and ((r + n) * z - P[0]) % p == 0


def lift(p, b, x, odd):
    """Give y of the point with this x and this parity, or None (p = 3 mod 4)."""
    if x >= p:
        return None
    w = (x * x * x - 3 * x + b) % p
    y = pow(w, (p + 1) >> 2, p)
    if y * y % p != w or (y == 0 and odd):
        return None
    return p - y if y & 1 != odd else y
