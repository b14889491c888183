package dev.pusula.architecture.offence.balancing;

public final class BalancingUsesPlatform {
  dev.pusula.architecture.offence.platform.PlatformUsesText platform;
}
