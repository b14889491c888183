package dev.pusula.architecture.offence.inference.control;

/** Breaks each habit once. */
final class Habits {
  static int counter;

  jcuda.Pointer pointer;
  java.net.http.HttpClient client;
  jakarta.ws.rs.core.Response response;
  jakarta.persistence.EntityManager entities;
  java.util.logging.Logger logger;

  long clock() {
    return System.nanoTime();
  }

  void print() {
    System.out.println(counter);
  }

  void fail() {
    throw new RuntimeException("unspecific");
  }

  @SuppressWarnings("StringCaseLocaleUsage")
  String fold(String text) {
    return text.toLowerCase();
  }

  @javax.annotation.Nullable
  String old() {
    return null;
  }
}
