package dev.pusula.architecture.offence.inference.engine;

final class EngineUsesJakarta {
  jakarta.inject.Inject inject;
}
