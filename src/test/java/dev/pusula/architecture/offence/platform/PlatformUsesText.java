package dev.pusula.architecture.offence.platform;

public final class PlatformUsesText {
  dev.pusula.architecture.offence.text.TextUsesStatistics text;
}
