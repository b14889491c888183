package dev.pusula.architecture.offence.benchmark;

final class BenchmarkUsesSota {
  dev.pusula.architecture.offence.sota.SotaUsesReport sota;
}
