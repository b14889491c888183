package dev.pusula.launch;

import java.nio.file.Path;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * What the integration tests stand on: a migrated PostgreSQL and a checkpoint, opened as {@code
 * pusula serve} opens them. Started before the container reads arquillian.xml; unit tests start
 * nothing.
 */
public class IntegrationEnvironment implements LauncherSessionListener {

  /** Set by the integration tests' runner only. */
  static final String WAR = "pusula.war";

  private Postgres postgres;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (System.getProperty(WAR) == null) {
      return;
    }
    Path root = Path.of(System.getProperty("pusula.root"));
    Home home = new Home(root.resolve("target/integration-home"), root);
    postgres = Postgres.open(home);
    postgres
        .environment()
        .forEach(
            (name, value) ->
                System.setProperty(
                    name.toLowerCase(java.util.Locale.ROOT).replace('_', '.'), value));
    System.setProperty("pusula.model", DefaultModel.directory(home).toString());
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (postgres != null) {
      postgres.close();
    }
  }
}
