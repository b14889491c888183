package dev.pusula.architecture.offence.sota;

public final class SotaUsesReport {
  dev.pusula.architecture.offence.report.control.Layout layout;
}
