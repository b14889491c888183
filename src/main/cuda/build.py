"""Compiles pusula.cu into src/main/resources/cuda: machine code for sm_80 and sm_90, and PTX for what comes after.

Needs no GPU, and only whoever changes a kernel needs it: the result is committed, and a test compares the digest of the
sources that stands beside it. In a virtual environment:

    pip install nvidia-cuda-nvrtc-cu12==12.0.140 nvidia-cuda-nvcc-cu12==12.0.140   # NVRTC and ptxas
    pip install nvidia-cuda-nvcc                                                   # fatbinary; elsewhere: FATBINARY=...
    python src/main/cuda/build.py

The oldest compiler of CUDA 12 is the right one: its code runs on every driver since 525. ptxas' report on registers and
spills goes to standard output.
"""

import ctypes
import glob
import hashlib
import os
import pathlib
import re
import site
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / "resources/cuda"
PACKAGES = [pathlib.Path(p) / "nvidia" for p in site.getsitepackages()]
MACHINES = ("80", "90")


def find(pattern, variable):
    if variable in os.environ:
        return os.environ[variable]
    found = [hit for package in PACKAGES for hit in glob.glob(str(package / pattern))]
    if not found:
        raise SystemExit(f"{pattern} is in no package of this environment; set {variable}")
    return found[0]


def nvrtc():
    folder = pathlib.Path(find("cuda_nvrtc/lib/libnvrtc.so.12", "NVRTC")).parent
    ctypes.CDLL(str(next(folder.glob("libnvrtc-builtins.so.12*"))), mode=ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(str(folder / "libnvrtc.so.12"))


def compiled(library, architecture, what):
    """PTX for compute_NN, machine code for sm_NN."""
    program = ctypes.c_void_p()
    source = (HERE / "pusula.cu").read_bytes()
    headers = sorted(HERE.glob("*.cuh"))
    texts = (ctypes.c_char_p * len(headers))(*[header.read_bytes() for header in headers])
    names = (ctypes.c_char_p * len(headers))(*[header.name.encode() for header in headers])
    library.nvrtcCreateProgram(ctypes.byref(program), source, b"pusula.cu", len(headers), texts, names)
    options = [b"--std=c++17", b"--gpu-architecture=" + architecture.encode(), b"--device-int128", b"-default-device"]
    code = library.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    if code:
        size = ctypes.c_size_t()
        library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
        log = ctypes.create_string_buffer(size.value)
        library.nvrtcGetProgramLog(program, log)
        raise SystemExit(log.value.decode())
    size = ctypes.c_size_t()
    getattr(library, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
    result = ctypes.create_string_buffer(size.value)
    getattr(library, f"nvrtcGet{what}")(program, result)
    return result.raw


def report(ptxas, ptx, machine):
    log = subprocess.run([ptxas, "-v", f"-arch=sm_{machine}", ptx, "-o", os.devnull], capture_output=True, text=True)
    text = log.stderr + log.stdout
    if log.returncode:
        raise SystemExit(text)
    entry = re.compile(
        r"Function properties for (\w+)\s+(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads"
        r"\s+ptxas info\s+: Used (\d+) registers(?:.*?(\d+) bytes smem)?"
    )
    for name, stack, stores, loads, registers, shared in sorted(entry.findall(text)):
        print(f"sm_{machine}  {name:<18} registers {registers:>3}  stack {stack}  spills {stores}/{loads}  static shared {shared or 0}")


def main():
    library = nvrtc()
    major, minor = ctypes.c_int(), ctypes.c_int()
    library.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    ptxas, fatbinary = find("cuda_nvcc/bin/ptxas", "PTXAS"), find("cu*/bin/fatbinary", "FATBINARY")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        ptx = f"{folder}/compute_80.ptx"
        pathlib.Path(ptx).write_bytes(compiled(library, "compute_80", "PTX").rstrip(b"\0"))
        images = [f"--image3=kind=ptx,sm=80,file={ptx}"]
        for machine in MACHINES:
            cubin = f"{folder}/sm_{machine}.cubin"
            pathlib.Path(cubin).write_bytes(compiled(library, f"sm_{machine}", "CUBIN"))
            images.append(f"--image3=kind=elf,sm={machine},file={cubin}")
            report(ptxas, ptx, machine)
        subprocess.run([fatbinary, "-64", "--compress-all", f"--create={TARGET}/pusula.fatbin", *images], check=True)
    (TARGET / "pusula.sources").write_text(f"{digest()}  NVRTC {major.value}.{minor.value}\n")
    print(f"{(TARGET / 'pusula.fatbin').stat().st_size} bytes, NVRTC {major.value}.{minor.value}")


def digest():
    """SHA-256 over the sources by name, each followed by its bytes; CudaModuleTest computes the same."""
    sha = hashlib.sha256()
    for source in sorted([*HERE.glob("*.cu"), *HERE.glob("*.cuh")]):
        sha.update(source.name.encode() + b"\0" + source.read_bytes())
    return sha.hexdigest()


if __name__ == "__main__":
    main()
