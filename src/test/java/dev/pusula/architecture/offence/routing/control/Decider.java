package dev.pusula.architecture.offence.routing.control;

public final class Decider {
  dev.pusula.architecture.offence.routing.boundary.Counter counter;
}
