package dev.pusula.architecture.offence.routing.entity;

public final class Route {
  dev.pusula.architecture.offence.routing.control.Decider decider;
}
