package dev.pusula.architecture.offence.report.control;

public final class Layout {
  dev.pusula.architecture.offence.sota.SotaUsesReport sota;
}
