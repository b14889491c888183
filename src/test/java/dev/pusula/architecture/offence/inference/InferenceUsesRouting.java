package dev.pusula.architecture.offence.inference;

final class InferenceUsesRouting {
  dev.pusula.architecture.offence.routing.entity.Route route;
}
