package dev.pusula.architecture.offence.routing;

final class RoutingUsesInference {
  dev.pusula.architecture.offence.inference.entity.Answer answer;
}
