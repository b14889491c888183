package dev.pusula.architecture.offence.routing.boundary;

/** Has @Path and neither the name nor the restraint of a resource. */
@jakarta.ws.rs.Path("counter")
public class Counter {
  @jakarta.ws.rs.GET
  public dev.pusula.architecture.offence.benchmark.entity.StoredRun run() {
    return new dev.pusula.architecture.offence.benchmark.entity.StoredRun();
  }
}
