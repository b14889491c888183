package dev.pusula.architecture.offence.statistics;

public final class StatisticsLogs {
  dev.pusula.architecture.offence.platform.PlatformUsesText platform;
  jakarta.inject.Inject inject;
}
