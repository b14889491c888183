package dev.pusula.architecture.offence.inference.cpu;

final class CpuUsesCuda {
  dev.pusula.architecture.offence.inference.cuda.Gpu gpu;
}
