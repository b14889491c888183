package dev.pusula.architecture.offence.text;

public final class TextUsesStatistics {
  dev.pusula.architecture.offence.statistics.StatisticsLogs statistics;
  dev.pusula.architecture.offence.platform.PlatformUsesText platform;
}
