package dev.pusula.architecture.offence.benchmark.entity;

/** An entity with a setter. */
@jakarta.persistence.Entity
public class StoredRun {
  @jakarta.persistence.Id private long id;

  public void setId(long id) {
    this.id = id;
  }

  public long id() {
    return id;
  }
}
