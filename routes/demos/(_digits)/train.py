# Trains the network behind the demo `digits` and writes, beside this file:
#   weights.bin    float32, little endian: per layer the matrix [inputs][outputs], then the bias [outputs]
#   weights.json   the layers' sizes, in the order of weights.bin
#   held_out.json  the pictures the network never saw: labels, counts as 64 digits to the base 17, row-major,
#                  and scikit-learn's ten probabilities of each
#   training.log   what this run measured
#
# Run:      python3 train.py                (about 5 minutes on one core)
# Needs:    Python >= 3.11; pip install scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
# Repeat:   every seed is fixed and BLAS is held to one thread, so the same versions give the same files.
#
# Data:     sklearn.datasets.load_digits, 1797 handwritten digits of 8x8 counts 0..16 (E. Alpaydin and
#           C. Kaynak, Optical Recognition of Handwritten Digits, UCI 1998, CC BY 4.0). 80 % train, 20 % held out.
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

SEED = 7
HIDDEN = (160, 96)
COPIES = 48  # warped copies of each training picture
EPOCHS = 30
AVERAGED = 12  # the weights are the mean over this many last epochs, which calms the last steps of Adam
BOX_W, BOX_H, FRAME = 20, 32, 32
HERE = Path(__file__).resolve().parent

lines: list[str] = []


def log(text: str) -> None:
    lines.append(text)
    print(text, flush=True)


# --- the frame: the steps by which the data set itself was made. frame.ts has them too, but for a limit of shear ---


def overlaps(cells: int, size: int) -> np.ndarray:
    """[cells][size]: the share of each of `cells` equal cells that each of `size` pixels covers."""
    step = size / cells
    lo = np.arange(cells)[:, None] * step
    pixel = np.arange(size)[None, :]
    return np.clip(np.minimum(lo + step, pixel + 1) - np.maximum(lo, pixel), 0, None) / step


def eroded(bits: np.ndarray) -> np.ndarray:
    padded = np.pad(bits, 1)
    return bits & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]


def dilated(bits: np.ndarray) -> np.ndarray:
    padded = np.pad(bits, 1)
    return bits | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]


def upright(bits: np.ndarray) -> np.ndarray:
    """Shears the rows so that the left ends of the third and the third last row stand in one column."""
    top, bottom = 2, FRAME - 3
    if not bits[top].any() or not bits[bottom].any():
        return bits
    slope = (int(bits[top].argmax()) - int(bits[bottom].argmax())) / (bottom - top)
    sheared = np.zeros_like(bits)
    for row in range(FRAME):
        shift = int(np.floor((row - FRAME // 2) * slope + 0.5))
        if shift >= 0:
            sheared[row, shift:] = bits[row, : FRAME - shift]
        else:
            sheared[row, :shift] = bits[row, -shift:]
    return sheared


def framed(mask: np.ndarray) -> np.ndarray:
    """A bitmap of one digit, any size, to the data set's [8][8] counts 0..16."""
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1].astype(np.float64)
    cover = overlaps(BOX_H, box.shape[0]) @ box @ overlaps(BOX_W, box.shape[1]).T
    level = min(0.5, max(0.05, float(np.partition(cover.ravel(), -160)[-160])))
    bits = np.zeros((FRAME, FRAME), bool)
    bits[:, 6:26] = cover >= level
    ink = int(bits.sum())
    if ink > 412:
        bits = eroded(bits)
        if ink > 560:
            bits = eroded(bits)
    elif ink < 256:
        bits = dilated(bits)
        if ink < 108:
            bits = dilated(bits)
    return upright(bits).reshape(8, 4, 8, 4).sum((1, 3))


# --- augmentation ---


def bitmap(counts: np.ndarray) -> np.ndarray:
    """[8][8] counts to a smooth [64][64] picture 0..1 whose inked area is the counts' sum."""
    smooth = ndimage.zoom(np.pad(counts, 1), 8, order=3, mode="grid-constant", grid_mode=True)[8:-8, 8:-8]
    level = np.partition(smooth.ravel(), -4 * int(counts.sum()))[-4 * int(counts.sum())]
    return (smooth >= level).astype(np.float32)


def warped(big: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Another hand's version of a [64][64] bitmap: turned, slanted, squeezed, bent, thinner or thicker."""
    size = 96
    angle = np.deg2rad(random.uniform(-16, 16))
    slant = random.uniform(-0.35, 0.35)
    wide, high = random.uniform(0.45, 1.15), random.uniform(0.8, 1.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    back = np.linalg.inv(turn @ np.array([[high, 0], [slant * high, wide]]))
    grid = np.stack(np.mgrid[0:size, 0:size]).reshape(2, -1) - (size - 1) / 2 - random.uniform(-1, 1, (2, 1))
    bend = random.uniform(-2.2, 2.2, (2, 4, 4))
    cubic = overlaps_cubic(size)
    bends = np.stack([(cubic @ part @ cubic.T).ravel() for part in bend])
    at = back @ grid + (64 - 1) / 2 + bends
    picture = ndimage.map_coordinates(big, at, order=1, mode="constant").reshape(size, size)
    soft = ndimage.gaussian_filter(picture, random.uniform(0.6, 2.0))
    return soft >= random.uniform(0.25, 0.62) * soft.max()


_cubic: dict[int, np.ndarray] = {}


def overlaps_cubic(size: int) -> np.ndarray:
    """[size][4]: cubic interpolation from four evenly spaced points, for smooth bends."""
    if size not in _cubic:
        _cubic[size] = np.stack([ndimage.zoom(row, size / 4, order=3) for row in np.eye(4)], 1)
    return _cubic[size]


def augmented(images: np.ndarray, labels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The pictures themselves four times over and COPIES warped versions of each: [n][64] 0..1, and labels."""
    random = np.random.default_rng(seed)
    out = [images] * 4
    for _ in range(COPIES):
        out.append(np.stack([framed(warped(bitmap(image), random)) for image in images]))
    x = np.concatenate(out).reshape(-1, 64).astype(np.float32) / np.float32(16)
    return x, np.tile(labels, len(out))


# --- training ---


def trained(x: np.ndarray, y: np.ndarray, report=None) -> MLPClassifier:
    model = MLPClassifier(HIDDEN, alpha=2e-4, batch_size=128, learning_rate_init=1e-3, random_state=SEED)
    sums = None
    for epoch in range(1, EPOCHS + 1):
        model.partial_fit(x, y, classes=np.arange(10))
        if epoch > EPOCHS - AVERAGED:
            now = [part.astype(np.float64) for part in model.coefs_ + model.intercepts_]
            sums = now if sums is None else [a + b for a, b in zip(sums, now)]
        if report and (epoch % 5 == 0 or epoch == 1):
            report(epoch, model)
    mean = [(part / AVERAGED).astype(np.float32) for part in sums]
    model.coefs_, model.intercepts_ = mean[: len(model.coefs_)], mean[len(model.coefs_) :]
    return model


def accuracy(model: MLPClassifier, images: np.ndarray, labels: np.ndarray) -> float:
    return float((model.predict(images.reshape(-1, 64).astype(np.float32) / 16) == labels).mean())


def main() -> None:
    digits = load_digits()
    counts, labels = digits.images.astype(np.int64), digits.target
    log(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}, seed {SEED}")
    images, held, y, held_y = train_test_split(counts, labels, test_size=0.2, stratify=labels, random_state=SEED)
    log(f"{len(images)} training pictures, {len(held)} held out; network 64-{'-'.join(map(str, HIDDEN))}-10")

    log("validation: a fifth of the training part, for choosing sizes; the held-out part is not looked at")
    part, check, part_y, check_y = train_test_split(images, y, test_size=0.2, stratify=y, random_state=SEED)
    x, xy = augmented(part, part_y, SEED)
    redrawn = np.stack([framed(warped(bitmap(i), np.random.default_rng(n))) for n, i in enumerate(check)])

    def report(epoch: int, model: MLPClassifier) -> None:
        plain, other = accuracy(model, check, check_y), accuracy(model, redrawn, check_y)
        log(f"  epoch {epoch:2d}  loss {model.loss_:.4f}  accuracy {plain:.4f}  redrawn {other:.4f}")

    model = trained(x, xy, report)
    log(f"  averaged  accuracy {accuracy(model, check, check_y):.4f}  redrawn {accuracy(model, redrawn, check_y):.4f}")

    x, xy = augmented(images, y, SEED + 1)
    log(f"final: all training pictures, {len(x)} with their warped copies, {EPOCHS} epochs")
    model = trained(x, xy, lambda epoch, m: log(f"  epoch {epoch:2d}  loss {m.loss_:.4f}"))
    score = accuracy(model, held, held_y)
    wrong = np.flatnonzero(model.predict(held.reshape(-1, 64).astype(np.float32) / 16) != held_y)
    log(f"held-out accuracy {score:.4f} ({len(held) - len(wrong)} of {len(held)})")

    layers = list(zip(model.coefs_, model.intercepts_))
    blob = b"".join(w.astype("<f4").tobytes() + b.astype("<f4").tobytes() for w, b in layers)
    (HERE / "weights.bin").write_bytes(blob)
    header = {
        "format": "float32 little endian; per layer weights [inputs][outputs], then bias [outputs]",
        "layers": [
            {"inputs": w.shape[0], "outputs": w.shape[1], "activation": "softmax" if n == len(layers) - 1 else "relu"}
            for n, (w, _) in enumerate(layers)
        ],
        "heldOutAccuracy": round(score, 4),
    }
    (HERE / "weights.json").write_text(json.dumps(header, indent=2) + "\n")
    probabilities = model.predict_proba(held.reshape(-1, 64).astype(np.float32) / 16)
    held_out = {
        "labels": "".join(map(str, held_y)),
        "pixels": ["".join("0123456789abcdefg"[v] for v in image.ravel()) for image in held],
        "probabilities": [" ".join(f"{p:.7g}" for p in row) for row in probabilities],
    }
    (HERE / "held_out.json").write_text(json.dumps(held_out, indent=2) + "\n")
    log(f"weights.bin {len(blob)} bytes, {len(blob) // 4} numbers")
    (HERE / "training.log").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
