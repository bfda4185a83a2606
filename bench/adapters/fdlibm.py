"""log and cos of fdlibm 5.3 (https://www.netlib.org/fdlibm/), Java's StrictMath, to the bit.

Draws need them: cpu/DRAWS.md. NumPy's own log and cos may differ in the last bit, and between processors. Only the
arguments that draws have are covered: log of normal numbers above 0, cos from 0 to 7.
"""

import numpy as np


def _constant(words):
    return np.uint64(int(words, 16)).view(np.float64)


LN2_HIGH, LN2_LOW = _constant("3fe62e42fee00000"), _constant("3dea39ef35793c76")
LG1, LG2, LG3, LG4, LG5, LG6, LG7 = (
    _constant(w)
    for w in (
        "3fe5555555555593", "3fd999999997fa04", "3fd2492494229359", "3fcc71c51d8e78af", "3fc7466496cb03de",
        "3fc39a09d078c69f", "3fc2f112df3e5244",
    )
)  # fmt: skip
TWO_BY_PI = _constant("3fe45f306dc9c883")
PI_BY_2 = _constant("3ff921fb54400000")  # the first 33 bits, then the rest of pi / 2
PI_BY_2_TAIL = _constant("3dd0b4611a626331")
PI_BY_2_NEXT = _constant("3dd0b4611a600000")  # the next 33 bits, and the rest behind them
PI_BY_2_NEXT_TAIL = _constant("3ba3198a2e037073")
C1, C2, C3, C4, C5, C6 = (
    _constant(w)
    for w in (
        "3fa555555555554c", "bf56c16c16c15177", "3efa01a019cb1590", "be927e4f809c52ad", "3e21ee9ebdb4b1c4",
        "bda8fae9be8838d4",
    )
)  # fmt: skip
S1, S2, S3, S4, S5, S6 = (
    _constant(w)
    for w in (
        "bfc5555555555549", "3f8111111110f8a6", "bf2a01a019c161d5", "3ec71de357b1fe7d", "be5ae5e68a2b9ceb",
        "3de5d93a5acfd57c",
    )
)  # fmt: skip


def _high(x):
    """Bits 32 to 63."""
    return x.view(np.int64) >> np.int64(32)


def log(x):
    x = np.asarray(x, dtype=np.float64)
    fraction = _high(x) & 0xFFFFF
    i = (fraction + 0x95F64) & 0x100000
    k = (_high(x) >> 20) - 1023 + (i >> 20)
    low = x.view(np.int64) & 0xFFFFFFFF
    f = ((fraction | (i ^ 0x3FF00000)) << 32 | low).view(np.float64) - 1.0
    dk = k.astype(np.float64)

    # close to a power of two
    r = f * f * (0.5 - 0.33333333333333333 * f)
    near = np.where(k == 0, f - r, dk * LN2_HIGH - ((r - dk * LN2_LOW) - f))
    near = np.where(f == 0, dk * LN2_HIGH + dk * LN2_LOW, near)

    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (LG2 + w * (LG4 + w * LG6))
    t2 = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7)))
    r = t2 + t1
    half = 0.5 * f * f
    upper = np.where(
        k == 0, f - (half - s * (half + r)), dk * LN2_HIGH - ((half - (s * (half + r) + dk * LN2_LOW)) - f)
    )
    lower = np.where(k == 0, f - s * (f - r), dk * LN2_HIGH - ((s * (f - r) - dk * LN2_LOW) - f))
    far = np.where((fraction - 0x6147A) | (0x6B851 - fraction) > 0, upper, lower)
    return np.where((0xFFFFF & (2 + fraction)) < 3, near, far)


def _kernel_cos(x, y):
    """cos(x + y) for abs(x) up to pi / 4, y being the tail of x."""
    high = _high(x) & 0x7FFFFFFF
    z = x * x
    r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))))
    small = 1.0 - (0.5 * z - (z * r - x * y))
    quarter = ((high - 0x200000) << 32).view(np.float64)
    q = np.where(high > 0x3FE90000, 0.28125, quarter)
    large = (1.0 - q) - ((0.5 * z - q) - (z * r - x * y))
    result = np.where(high < 0x3FD33333, small, large)
    return np.where(high < 0x3E400000, 1.0, result)


def _kernel_sin(x, y):
    """sin(x + y) for abs(x) up to pi / 4, y being the tail of x."""
    z = x * x
    v = z * x
    r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))
    result = x - ((z * (0.5 * y - v * r) - y) - v * S1)
    return np.where((_high(x) & 0x7FFFFFFF) < 0x3E400000, x, result)


def cos(x):
    x = np.asarray(x, dtype=np.float64)
    high = _high(x)
    n = (x * TWO_BY_PI + 0.5).astype(np.int64)
    n = np.where(high < 0x4002D97C, 1, n)
    # x minus n halves of pi; where little is left of x, pi / 2 is taken to more bits
    fn = n.astype(np.float64)
    first = x - fn * PI_BY_2
    w = fn * PI_BY_2_TAIL
    second = first - fn * PI_BY_2_NEXT
    w_second = fn * PI_BY_2_NEXT_TAIL - ((first - second) - fn * PI_BY_2_NEXT)
    close = (high == 0x3FF921FB) | (
        np.isin(high, (0x400921FB, 0x4012D97C, 0x401921FB)) & ((high >> 20) - ((_high(first - w) >> 20) & 0x7FF) > 16)
    )
    r = np.where(close, second, first)
    w = np.where(close, w_second, w)
    y0 = r - w
    y1 = (r - y0) - w
    c, s = _kernel_cos(y0, y1), _kernel_sin(y0, y1)
    turned = np.choose(n & 3, [c, -s, -c, s])
    return np.where(high <= 0x3FE921FB, _kernel_cos(x, 0.0), turned)
