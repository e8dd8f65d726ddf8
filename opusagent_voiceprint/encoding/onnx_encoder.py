"""Any speaker encoder that somebody has as an ONNX file, run by ONNX Runtime as a description says."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soxr

from opusagent_voiceprint.audio.buffers import SAMPLE_RATE
from opusagent_voiceprint.encoding.encoder import WindowSpec
from opusagent_voiceprint.encoding.kaldi_features import log_mel_frames
from opusagent_voiceprint.encoding.model_description import model_files, read_description
from opusagent_voiceprint.encoding.speech import FRONT_END
from opusagent_voiceprint.errors import EncoderError

__all__ = ["OnnxEncoder"]

_MAX_BYTES: Final = 2**31
"""Protocol buffers, which ONNX files are, cannot be larger."""

_INT16: Final = np.float32(32768.0)

_FIELDS: Final = {
    "frames": "layout, window_seconds",
    "bins": "layout, fbank.mel_bins",
    "samples": "sample_rate, window_seconds",
}
"""What decides on the length of an axis."""


class OnnxEncoder:
    """A speaker encoder in ``MODEL.onnx``, described by ``MODEL.json`` beside it; ``path`` names either.

    The description is read at once, the model on first use or by :meth:`warm_up`. ``threads`` are those that
    ONNX Runtime uses within one run. Nothing but the two files is read, and nothing is downloaded.

    Raises:
        EncoderError: no such files, a description that is not allowed, or onnxruntime is not installed.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._path, self._description_path = model_files(path)
        self._description = read_description(self._description_path)
        self._threads = threads
        self._lock = threading.Lock()
        self._session: Any = None
        self._encoder_id = ""
        self._one_by_one = False
        if not self._path.is_file():
            raise EncoderError(f"{self._path} does not exist: {self._description_path} describes it")
        if importlib.util.find_spec("onnxruntime") is None:
            raise EncoderError(
                f"{self._path} needs onnxruntime, which is not installed: "
                "pip install 'opusagent-voiceprint[onnx]'"
            )

    @property
    def encoder_id(self) -> str:
        """``onnx-``, the name, 16 digits of the SHA-256 of model and description, and the front end."""
        with self._lock:
            if not self._encoder_id:
                self._read()
            return self._encoder_id

    @property
    def dimension(self) -> int:
        """Values of an embedding, as the description says."""
        return self._description.dimension

    @property
    def window(self) -> WindowSpec:
        """The description's windows, 1.6 s every 0.77 s unless it says otherwise."""
        return self._description.window

    @property
    def operating_points(self) -> tuple[float, float, float] | None:
        """The cosines that one stranger in ten thousand reaches, or None where the description does not say.

        They are for telephone lines on both sides, on one of them, and on none.
        """
        points = self._description.operating_point
        return (points.narrow, points.mixed, points.wide) if points is not None else None

    @property
    def operating_point(self) -> float | None:
        """The highest of :attr:`operating_points`, which is cautious on all lines."""
        return max(self.operating_points) if self.operating_points is not None else None

    def embed(self, windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Embeddings of shape (windows, dimension), each of length one, of windows at 16 kHz.

        Raises:
            ValueError: windows that are not of shape (n, window.length).
            EncoderError: the model cannot be loaded or run, or gives values that are not numbers.
        """
        if windows.ndim != 2 or windows.shape[1] != self.window.length:
            raise ValueError(f"windows must have shape (n, {self.window.length}), not {windows.shape}")
        if not len(windows):
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._run(self._loaded(), self._inputs(windows))

    def warm_up(self) -> None:
        """Load the model and run it once."""
        self._loaded()

    def _inputs(self, windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The model's input, batch first, in the description's layout."""
        told = self._description
        if told.sample_rate != SAMPLE_RATE:
            # soxr takes channels as columns: here each is a window.
            columns = np.ascontiguousarray(windows.T)
            windows = np.ascontiguousarray(soxr.resample(columns, SAMPLE_RATE, told.sample_rate).T)
        if told.sample_scale == "int16":
            windows = windows * _INT16
        if told.input == "waveform":
            return windows
        frames = log_mel_frames(windows, told.fbank, told.sample_rate)
        if told.layout == "batch,bins,frames":
            return np.ascontiguousarray(frames.transpose(0, 2, 1))
        return frames

    def _run(self, session: Any, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        step = 1 if self._one_by_one else len(inputs)
        [given] = session.get_inputs()
        output = self._description.output_name or session.get_outputs()[0].name
        try:
            parts = [
                session.run([output], {given.name: inputs[start : start + step]})[0]
                for start in range(0, len(inputs), step)
            ]
        except Exception as exc:
            # ONNX Runtime has a class of exception for each of its error codes, and no public base of them.
            raise EncoderError(
                f"{self._path} cannot be run on {given.name} of shape {inputs.shape}: {_first_line(exc)}"
            ) from exc
        raw = np.concatenate(parts).astype(np.float32, copy=False)
        if raw.shape[0] != len(inputs) or raw[0].size != self.dimension:
            raise EncoderError(
                f"{self._description_path}: dimension: {self.dimension} is not what {self._path.name} gives: "
                f"{output} has shape {raw.shape} for {len(inputs)} windows; correct dimension or output_name"
            )
        raw = raw.reshape(len(inputs), self.dimension)
        lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise EncoderError(
                f"{self._path} gives embeddings that are not numbers, or zero: check input, sample_scale and "
                f"fbank in {self._description_path.name}"
            )
        embeddings: npt.NDArray[np.float32] = raw / lengths
        return embeddings

    def _loaded(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = self._load()
            return self._session

    def _read(self) -> bytes:
        """The model's bytes, whose digest is the encoder's from then on."""
        try:
            size = self._path.stat().st_size
            if size > _MAX_BYTES:
                raise EncoderError(
                    f"{self._path} is not an ONNX file: {size} bytes are more than one can have"
                )
            content = self._path.read_bytes()
        except OSError as exc:
            raise EncoderError(f"the model {self._path} cannot be read: {exc.strerror}") from exc
        told = self._description
        found = hashlib.sha256(content)
        if told.sha256 is not None and told.sha256 != found.hexdigest():
            raise EncoderError(
                f"{self._description_path}: sha256: {told.sha256} is not that of {self._path.name}, which is "
                f"{found.hexdigest()}: it is another model, or was changed; get the right one, or correct "
                "sha256"
            )
        found.update(told.canonical())
        encoder_id = f"onnx-{told.name}-{found.hexdigest()[:16]}-{FRONT_END}"
        if self._encoder_id and self._encoder_id != encoder_id:
            raise EncoderError(f"{self._path} was changed while the process ran; start it again")
        self._encoder_id = encoder_id
        return content

    def _load(self) -> Any:
        # From bytes, not from the path: what is run is what was hashed, and a model that keeps weights in
        # other files, which no hash of ours covers, is refused.
        content = self._read()
        try:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self._threads
            options.inter_op_num_threads = 1
            # Threads that wait by spinning would take the processor from the calls.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            options.log_severity_level = 4
            session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as exc:
            # ONNX Runtime reports a bad file in a dozen ways; all of them mean the same to the reader.
            raise EncoderError(
                f"the model {self._path} cannot be loaded: {type(exc).__name__}: {_first_line(exc)}; "
                "it must be one ONNX file that holds its weights"
            ) from exc
        self._check_ends(session)
        self._try_out(session)
        return session

    def _check_ends(self, session: Any) -> None:
        """Compare what the model says of its input and outputs with the description."""
        told, where = self._description, self._description_path
        inputs, outputs = session.get_inputs(), session.get_outputs()
        if len(inputs) != 1:
            raise EncoderError(
                f"{self._path} has {len(inputs)} inputs: {_shown(inputs)}; export it with one, {told.layout}"
            )
        if told.input_name not in {None, inputs[0].name}:
            raise EncoderError(
                f"{where}: input_name: {told.input_name!r} is not an input of the model; "
                f"it has {_shown(inputs)}"
            )
        if told.output_name not in {None if len(outputs) == 1 else "", *(each.name for each in outputs)}:
            raise EncoderError(
                f"{where}: output_name: {told.output_name!r} does not say which output is the embedding; "
                f"the model has {_shown(outputs)}"
            )
        shape, kind = inputs[0].shape, inputs[0].type
        expected = ["batch", *told.input_shape]
        if field := self._misfit(shape, kind):
            raise EncoderError(
                f"{where}: {field}: the model takes {_shown(inputs)}, and the description gives it "
                f"tensor(float) of {told.layout} = {expected}; correct the description, or export the model "
                "anew"
            )
        self._one_by_one = isinstance(shape[0], int)

    def _misfit(self, shape: Sequence[Any], kind: str) -> str:
        """The fields of the description that may be wrong; empty if the input fits."""
        axes = self._description.layout.split(",")
        if kind != "tensor(float)" or len(shape) != len(axes):
            return "input"
        if isinstance(shape[0], int) and shape[0] != 1:
            return "layout"
        for axis, found, needed in zip(axes[1:], shape[1:], self._description.input_shape, strict=True):
            if isinstance(found, int) and found != needed:
                return _FIELDS[axis]
        return ""

    def _try_out(self, session: Any) -> None:
        """Run the model on two windows of noise: it may give something else than its description says."""
        noise = np.random.default_rng(0).normal(0.0, 0.04, (2, self.window.length)).astype(np.float32)
        self._run(session, self._inputs(noise))


def _shown(ends: Sequence[Any]) -> str:
    return ", ".join(f"{end.name} {end.type} {list(end.shape)}" for end in ends)


def _first_line(exc: Exception) -> str:
    return str(exc).strip().partition("\n")[0]
