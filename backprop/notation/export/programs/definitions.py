"""The words that a library has not, as short definitions for the head of a file.

A file holds those that it calls, and those that they call. What works entry by entry has no place
here: its definition is its row's own text.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from backprop.engine.arrays.rows import ENTRYWISE

_SHARED = '''\
def deviation(x, axis=-1, eps=1e-5):
    """The root of the variance plus eps, along axes."""
    return np.sqrt(np.var(x, axis=axis, keepdims=True) + eps)

def standardize(x, axis=-1, eps=1e-5):
    """x less its mean, divided by its deviation, along axes."""
    return (x - np.mean(x, axis=axis, keepdims=True)) / deviation(x, axis, eps)

def layer_norm(x, gain, bias, eps=1e-5):
    """x standardized along its last axis, times gain, plus bias."""
    return standardize(x, -1, eps) * gain + bias

def batch_norm(x, gain, bias, eps=1e-5):
    """x standardized over the batch (and the places of images), times gain, plus bias."""
    wide = (..., *[None] * (x.ndim - 2))
    return standardize(x, (0, *range(2, x.ndim)), eps) * gain[wide] + bias[wide]

def linear(x, W, b):
    """A dense layer."""
    return x @ W.T + b

def attention(q, k, v, mask=None):
    """A mix of values for each query, by how well its key fits; where the mask is 0, none."""
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is not None:
        scores = np.where(mask != 0, scores, -np.inf)
    return softmax(scores, axis=-1) @ v

def conv1d(x, w, stride=1, padding=0):
    """The sum of each window of x, times each filter: [n, channels, length]."""
    a = padding if isinstance(padding, int) else padding[0]
    x = np.pad(x, ((0, 0), (0, 0), (a, a)))
    return np.einsum("nchi,oci->noh", windows(x, w.shape[2:], stride), w)

def conv2d(x, w, stride=1, padding=0):
    """The sum of each window of x, times each filter: [n, channels, height, width]."""
    a, b = (padding, padding) if isinstance(padding, int) else padding
    x = np.pad(x, ((0, 0), (0, 0), (a, a), (b, b)))
    return np.einsum("nchwij,ocij->nohw", windows(x, w.shape[2:], stride), w)

def max_pool1d(x, size, stride=None):
    """The largest of each window of the last axis."""
    return first_max(windows(x, size, size if stride is None else stride), axis=-1)

def max_pool2d(x, size, stride=None):
    """The largest of each window of the last two axes."""
    size = (size, size) if isinstance(size, int) else size
    return first_max(windows(x, size, size if stride is None else stride), axis=(-2, -1))

def avg_pool1d(x, size, stride=None):
    """The mean of each window of the last axis."""
    return np.mean(windows(x, size, size if stride is None else stride), axis=-1)

def avg_pool2d(x, size, stride=None):
    """The mean of each window of the last two axes."""
    size = (size, size) if isinstance(size, int) else size
    return np.mean(windows(x, size, size if stride is None else stride), axis=(-2, -1))

def peaks(x, axis=None):
    """The share of each entry in being the largest along axes: equals share evenly."""
    largest = x == np.max(x, axis=axis, keepdims=True)
    return largest / np.sum(largest, axis=axis, keepdims=True)

def lows(x, axis=None):
    """The share of each entry in being the smallest along axes: equals share evenly."""
    return peaks(-x, axis)

def fit(g, x):
    """g summed to the shape of x: what broadcasting x made of it, undone."""
    g = np.sum(g, axis=tuple(range(g.ndim - x.ndim)))
    stretched = tuple(i for i, n in enumerate(x.shape) if n == 1)
    return np.sum(g, axis=stretched, keepdims=True)

def spread(g, x, axis=None, keepdims=False):
    """g repeated along the axes of x that a sum took away: the shape of x."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, x.shape)
'''
_NUMPY = '''\
def placed(g, x, index):
    """Zeros like x, to which g is added at an index; an entry named twice gets both."""
    result = np.zeros(x.shape)
    np.add.at(result, index, g)
    return result

def first_peak(x, axis=None):
    """1 at the first of the largest entries along axes, else 0."""
    axes = np.arange(x.ndim) if axis is None else np.atleast_1d(axis) % x.ndim
    last = range(-len(axes), 0)
    moved = np.moveaxis(x, sorted(axes), last)
    rows = moved.reshape(-1, np.prod([x.shape[i] for i in axes]))
    chosen = np.zeros(rows.shape)
    chosen[np.arange(len(rows)), rows.argmax(axis=1)] = 1
    return np.moveaxis(chosen.reshape(moved.shape), last, sorted(axes))

def first_max(x, axis=None):
    """The largest along axes; of equals the first gets the gradient."""
    return np.max(x, axis=axis)

def windows(x, size, stride=1):
    """The windows of the last axes, each stride-th: [.., rows, columns, height, width]."""
    size = tuple(np.atleast_1d(size))
    axes = tuple(range(x.ndim - len(size), x.ndim))
    every = np.lib.stride_tricks.sliding_window_view(x, size, axis=axes)
    steps = (slice(None, None, s) for s in np.broadcast_to(stride, len(size)))
    return every[(..., *steps, *[slice(None)] * len(size))]

def overlap_add(g, x, size, stride=1):
    """Zeros like x, to which each window of g is added where it was taken from."""
    places = windows(np.arange(x.size).reshape(x.shape), size, stride)
    return np.bincount(places.ravel(), g.ravel(), x.size).reshape(x.shape)

def softmax(x, axis=-1):
    """exp(x) divided by its sum along an axis."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)

def logsumexp(x, axis=-1, keepdims=False):
    """The logarithm of the sum of exp(x) along axes."""
    m = np.max(x, axis=axis, keepdims=True)
    s = np.sum(np.exp(x - m), axis=axis, keepdims=True)
    return np.log(s) + m if keepdims else np.squeeze(np.log(s) + m, axis=axis)

def log_softmax(x, axis=-1):
    """x less the logarithm of the sum of exp(x) along an axis."""
    return x - logsumexp(x, axis=axis, keepdims=True)

def cross_entropy(scores, y):
    """The mean over rows of -log softmax at the classes y, or weighted by a table y."""
    logs = log_softmax(scores)
    if y.ndim < scores.ndim:
        return -np.mean(np.take_along_axis(logs, y[..., None], axis=-1))
    return -np.sum(y * logs) / (scores.size // scores.shape[-1])

def lstm_cell(x, h, c, W, U, b):
    """The new output and the new cell; of Z, a quarter each: input, forget, new, output gate."""
    i, f, g, o = np.split(x @ W.T + h @ U.T + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c

erf = np.vectorize(math.erf, otypes=[float])

erfc = np.vectorize(math.erfc, otypes=[float])
'''
_JAX = '''\
def placed(g, x, index):
    """Zeros like x, to which g is added at an index; an entry named twice gets both."""
    return jnp.zeros(x.shape).at[index].add(g)

def first_peak(x, axis=None):
    """1 at the first of the largest entries along axes, else 0."""
    return jax.lax.stop_gradient(jax.grad(lambda x: jnp.sum(first_max(x, axis)))(x))

def first_max(x, axis=None):
    """The largest along axes; of equals the first gets the gradient."""
    axes = np.arange(x.ndim) if axis is None else np.atleast_1d(axis) % x.ndim
    moved = jnp.moveaxis(x, sorted(axes), range(-len(axes), 0))
    rows = moved.reshape(*moved.shape[: x.ndim - len(axes)], -1)
    return jnp.take_along_axis(rows, jnp.argmax(rows, axis=-1)[..., None], axis=-1)[..., 0]

def windows(x, size, stride=1):
    """The windows of the last axes, each stride-th: [.., rows, columns, height, width]."""
    size = tuple(np.atleast_1d(size))
    axes = tuple(range(x.ndim - len(size), x.ndim))
    places = np.arange(x.size).reshape(x.shape)
    every = np.lib.stride_tricks.sliding_window_view(places, size, axis=axes)
    steps = (slice(None, None, s) for s in np.broadcast_to(stride, len(size)))
    return x.ravel()[every[(..., *steps, *[slice(None)] * len(size))]]

def overlap_add(g, x, size, stride=1):
    """Zeros like x, to which each window of g is added where it was taken from."""
    places = windows(jnp.arange(x.size).reshape(x.shape), size, stride)
    return jnp.zeros(x.size).at[places].add(g).reshape(x.shape)

def cross_entropy(scores, y):
    """The mean over rows of -log softmax at the classes y, or weighted by a table y."""
    logs = jax.nn.log_softmax(scores)
    if y.ndim < scores.ndim:
        return -jnp.mean(jnp.take_along_axis(logs, y[..., None], axis=-1))
    return -jnp.sum(y * logs) / (scores.size // scores.shape[-1])

def lstm_cell(x, h, c, W, U, b):
    """The new output and the new cell; of Z, a quarter each: input, forget, new, output gate."""
    i, f, g, o = jnp.split(x @ W.T + h @ U.T + b, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c
'''
_TORCH = '''\
def turned(x):
    """All axes in the other order."""
    return torch.permute(x, tuple(range(x.ndim))[::-1])

def tri(n):
    """Ones on and below the diagonal."""
    return torch.ones(n, n).tril()

def pad(x, width):
    """x with zeros around it: (before, after) for each axis."""
    return torch.nn.functional.pad(x, [n for each in width[::-1] for n in each])

def fit(g, x):
    """g summed to the shape of x: what broadcasting x made of it, undone."""
    return g.sum_to_size(x.shape)

def spread(g, x, axis=None, keepdims=False):
    """g repeated along the axes of x that a sum took away: the shape of x."""
    axes = range(x.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    axes = [i % x.ndim for i in axes]
    return g.reshape([1 if i in axes else n for i, n in enumerate(x.shape)]).expand(x.shape)

def placed(g, x, index):
    """Zeros like x, to which g is added at an index; an entry named twice gets both."""
    places = torch.arange(x.numel()).reshape(x.shape)[index]
    return torch.zeros(x.numel()).index_add(0, places.flatten(), g.flatten()).reshape(x.shape)

def peaks(x, axis=None):
    """The share of each entry in being the largest along axes: equals share evenly."""
    axis = () if axis is None else axis
    largest = 1.0 * (x == torch.amax(x, dim=axis, keepdim=True))
    return largest / torch.sum(largest, dim=axis, keepdim=True)

def lows(x, axis=None):
    """The share of each entry in being the smallest along axes: equals share evenly."""
    return peaks(-x, axis)

def first_max(x, axis=None):
    """The largest along axes; of equals the first gets the gradient."""
    axes = range(x.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    axes = sorted(i % x.ndim for i in axes)
    return x.movedim(axes, list(range(-len(axes), 0))).flatten(-len(axes)).max(-1).values

def first_peak(x, axis=None):
    """1 at the first of the largest entries along axes, else 0."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(first_max(x, axis).sum(), x)[0]

def windows(x, size, stride=1):
    """The windows of the last axes, each stride-th: [.., rows, columns, height, width]."""
    size = (size,) if isinstance(size, int) else size
    stride = (stride,) * len(size) if isinstance(stride, int) else stride
    axes = range(x.ndim - len(size), x.ndim)
    for axis, n, step in zip(axes, size, stride):
        x = x.unfold(axis, n, step)
    return x

def overlap_add(g, x, size, stride=1):
    """Zeros like x, to which each window of g is added where it was taken from."""
    places = windows(torch.arange(x.numel()).reshape(x.shape), size, stride)
    return torch.zeros(x.numel()).index_add(0, places.flatten(), g.flatten()).reshape(x.shape)

def softmax(x, axis=-1):
    """exp(x) divided by its sum along axes."""
    return torch.exp(log_softmax(x, axis))

def log_softmax(x, axis=-1):
    """x less the logarithm of the sum of exp(x) along axes."""
    return x - logsumexp(x, axis, keepdims=True)

def logsumexp(x, axis=-1, keepdims=False):
    """The logarithm of the sum of exp(x) along axes."""
    axis = tuple(range(x.ndim)) if axis is None else axis
    return torch.logsumexp(x, dim=axis, keepdim=keepdims)

def cross_entropy(scores, y):
    """The mean over rows of -log softmax at the classes y, or weighted by a table y."""
    classes = scores.shape[-1]
    y = y.reshape(-1, classes) if y.ndim == scores.ndim else y.reshape(-1) % classes
    return torch.nn.functional.cross_entropy(scores.reshape(-1, classes), y)

def deviation(x, axis=-1, eps=1e-5):
    """The root of the variance plus eps, along axes."""
    return torch.sqrt(torch.var(x, dim=axis, correction=0, keepdim=True) + eps)

def standardize(x, axis=-1, eps=1e-5):
    """x less its mean, divided by its deviation, along axes."""
    return (x - torch.mean(x, dim=axis, keepdim=True)) / deviation(x, axis, eps)

def layer_norm(x, gain, bias, eps=1e-5):
    """x standardized along its last axis, times gain, plus bias."""
    return torch.nn.functional.layer_norm(x, x.shape[-1:], eps=eps) * gain + bias

def batch_norm(x, gain, bias, eps=1e-5):
    """x standardized over the batch (and the places of images), times gain, plus bias."""
    wide = (..., *[None] * (x.ndim - 2))
    return standardize(x, (0, *range(2, x.ndim)), eps) * gain[wide] + bias[wide]

def linear(x, W, b):
    """A dense layer."""
    return x @ W.T + b

def attention(q, k, v, mask=None):
    """A mix of values for each query, by how well its key fits; where the mask is 0, none."""
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is not None:
        scores = torch.where(mask != 0, scores, -torch.inf)
    return torch.softmax(scores, dim=-1) @ v

def max_pool1d(x, size, stride=None):
    """The largest of each window of the last axis."""
    return first_max(windows(x, size, size if stride is None else stride), axis=-1)

def max_pool2d(x, size, stride=None):
    """The largest of each window of the last two axes."""
    flat = x.reshape(1, -1, *x.shape[-2:])
    found = torch.nn.functional.max_pool2d(flat, size, stride)
    return found.reshape(*x.shape[:-2], *found.shape[-2:])

def avg_pool1d(x, size, stride=None):
    """The mean of each window of the last axis."""
    return torch.mean(windows(x, size, size if stride is None else stride), dim=-1)

def avg_pool2d(x, size, stride=None):
    """The mean of each window of the last two axes."""
    flat = x.reshape(1, -1, *x.shape[-2:])
    found = torch.nn.functional.avg_pool2d(flat, size, stride)
    return found.reshape(*x.shape[:-2], *found.shape[-2:])

def lstm_cell(x, h, c, W, U, b):
    """The new output and the new cell; of Z, a quarter each: input, forget, new, output gate."""
    i, f, g, o = torch.chunk(x @ W.T + h @ U.T + b, 4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
'''


@lru_cache(maxsize=8)
def definitions(library: str) -> Mapping[str, str]:
    """Return the definitions of a library, each by the word that it defines."""
    if library == "torch":
        return _by_word(_TORCH)
    if library == "numpy":
        return _by_word(_SHARED) | _by_word(_NUMPY)
    shared = _SHARED.replace("np.", "jnp.").replace("return softmax(", "return jax.nn.softmax(")
    return _by_word(shared) | _by_word(_JAX)


def _by_word(text: str) -> dict[str, str]:
    parts = text.strip().split("\n\n")
    return {part.removeprefix("def ").partition("(")[0].partition(" =")[0]: part for part in parts}


def needed(words: Iterable[str], library: str, of_row: Callable[[str], str]) -> list[str]:
    """Return the definitions of words, and of the words that they call, those first.

    Args:
        words: which.
        library: “numpy”, “torch” or “jax”.
        of_row: a word that works entry by entry → its definition.
    """
    known, found = definitions(library), dict[str, str]()

    def add(word: str) -> None:
        text = known[word] if word in known else of_row(word)
        for name in _called(text):
            if (name in known or name in ENTRYWISE) and name not in (word, *found):
                add(name)
        found.setdefault(word, text)

    for word in words:
        add(word)
    return [*found.values()]


def _called(text: str) -> list[str]:
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [func.id for func in calls if isinstance(func, ast.Name)]
